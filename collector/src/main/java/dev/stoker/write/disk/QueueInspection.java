package dev.stoker.write.disk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
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
    long profiles = 0;
    long bytes = 0;
    Long oldest = null;
    int corrupt = QueueFiles.corrupt(folder);
    for (Path segment : QueueFiles.segments(folder)) {
      SegmentScan.Result scan = scan(segment);
      if (scan == null) {
        corrupt += Files.exists(segment) ? 1 : 0;
        continue;
      }
      BitSet settled = Segment.readAcks(DiskFiles.REAL, segment, scan.salt());
      for (SegmentScan.Found found : scan.records()) {
        if (!settled.get(found.index())) {
          profiles++;
          bytes += found.bytes();
          oldest =
              oldest == null ? found.scrapedAtMillis() : Math.min(oldest, found.scrapedAtMillis());
        }
      }
    }
    return new Queue(QueueHome.title(folder), profiles, bytes, oldest, corrupt);
  }

  private static SegmentScan.@Nullable Result scan(Path segment) {
    try {
      return SegmentScan.read(DiskFiles.REAL, segment);
    } catch (IOException unreadableOrGone) {
      return null;
    }
  }

  private QueueInspection() {}
}
