package dev.stoker.write.queue;

import dev.stoker.schema.Args;
import dev.stoker.schema.Converter;
import dev.stoker.schema.Node;
import dev.stoker.schema.Quantities;
import dev.stoker.schema.Scalars;
import dev.stoker.write.disk.Fsync;
import dev.stoker.write.queue.QueueConfig.Disk;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The <code>queue</code> block of an endpoint. */
public final class QueueReader {
  private static final int MAX_IN_FLIGHT = 10_000;
  private static final Map<String, Fsync> FSYNC =
      Map.of("always", Fsync.ALWAYS, "never", Fsync.NEVER);

  /** Fewer bytes are not worth a disk lane: a segment alone takes 64 KiB. */
  private static final long LEAST_DISK = 1L << 20;

  private static final long OFF = -1;

  public static QueueConfig read(Args args) {
    QueueConfig defaults = QueueConfig.DEFAULT;
    QueueConfig queue =
        new QueueConfig(
            args.get("memory", defaults.memory(), Quantities.size("32MiB")),
            args.get("max_age", defaults.maxAge(), Quantities.durationOrZero("55m")),
            args.get("max_in_flight", defaults.maxInFlight(), Scalars.integer(1, MAX_IN_FLIGHT)),
            args.get("backlog_rate", defaults.backlogRate(), Quantities.size("3MiB")),
            disk(args));
    args.finish();
    return queue;
  }

  private static Disk disk(Args args) {
    Disk defaults = Disk.DEFAULT;
    long bytes =
        args.get(
            "disk",
            defaults.bytes(),
            Converter.of("size or off", QueueReader::bytes, Quantities::shown));
    long minFree = args.get("min_free_disk", defaults.minFree(), Quantities.size("256MiB"));
    Fsync fsync =
        args.get(
            "fsync",
            defaults.fsync(),
            Converter.of(
                "duration, always or never",
                QueueReader::fsync,
                every -> Quantities.shown(Duration.ofMillis(every.everyMillis()))));
    Duration spillAfter =
        args.get("spill_after", defaults.spillAfter(), Quantities.durationOrZero("2s"));
    return bytes == OFF ? Disk.OFF : new Disk(true, bytes, minFree, fsync, spillAfter);
  }

  private static @Nullable Long bytes(Node node) {
    if (node.scalar().orElse("").equals("off")) {
      return OFF;
    }
    Long bytes = Quantities.size("1GiB, or off").convert(node);
    if (bytes != null && bytes > 0 && bytes < LEAST_DISK) {
      node.error(
          "is " + node.describe() + ", but must be at least 1MiB; off queues in memory only");
      return null;
    }
    return bytes;
  }

  private static @Nullable Fsync fsync(Node node) {
    Fsync named = FSYNC.get(node.scalar().orElse(""));
    if (named != null) {
      return named;
    }
    Duration every = Quantities.duration("\"1s\", or always, or never").convert(node);
    return every == null ? null : new Fsync(every.toMillis());
  }

  private QueueReader() {}
}
