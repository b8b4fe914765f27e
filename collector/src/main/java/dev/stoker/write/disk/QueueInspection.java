package dev.stoker.write.disk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads what queues hold, while a daemon runs on them or not; opens nothing for writing and takes
 * no lock. With a running daemon the figures are those of a moment.
 */
public final class QueueInspection {
  /**
   * @param endpoint what its folder says
   * @param profiles not settled
   * @param bytes of their bodies
   * @param oldestMillis when the oldest was scraped; null when there is none
   * @param corruptSegments moved aside, or to be moved aside at the next start
   */
  public record Queue(
      String endpoint,
      long profiles,
      long bytes,
      @Nullable Long oldestMillis,
      int corruptSegments) {}

  /**
   * @param path a storage folder, the folder of its queues, or one queue
   */
  public static List<Queue> read(Path path) throws IOException {
    Path root = QueueRoot.find(path);
    if (!QueueFiles.segments(root).isEmpty()) {
      return List.of(queue(root));
    }
    List<Queue> queues = new ArrayList<>();
    for (Path folder : QueueRoot.homes(root)) {
      if (Files.exists(folder.resolve("endpoint")) || !QueueFiles.segments(folder).isEmpty()) {
        queues.add(queue(folder));
      }
    }
    return queues;
  }

  /** One queue's folder. */
  public static Queue queue(Path folder) throws IOException {
    return queue(folder, () -> false);
  }

  /**
   * @throws java.util.concurrent.CancellationException when it is cancelled meanwhile
   */
  public static Queue queue(Path folder, BooleanSupplier cancelled) throws IOException {
    Totals totals = new Totals();
    Recovery recovery = new Recovery(DiskFiles.REAL, folder, cancelled);
    recovery.read(totals::add);
    return new Queue(
        QueueHome.title(folder),
        totals.profiles,
        totals.bytes,
        totals.profiles == 0 ? null : totals.oldest,
        QueueFiles.corrupt(folder) + recovery.corrupt().size());
  }

  private static final class Totals {
    private long profiles;
    private long bytes;
    private long oldest = Long.MAX_VALUE;

    void add(Recovery.Readable segment) {
      for (SegmentScan.Found found : segment.scan().records()) {
        if (!segment.settled().get(found.index())) {
          profiles++;
          bytes += found.bytes();
          oldest = Math.min(oldest, found.scrapedAtMillis());
        }
      }
    }
  }

  private QueueInspection() {}
}
