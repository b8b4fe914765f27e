package dev.stoker.config;

import dev.stoker.write.QueueConfig;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The <code>queue</code> block of an endpoint. */
final class QueueReader {
  private static final int MAX_IN_FLIGHT = 10_000;
  private static final List<String> FSYNC = List.of("always", "never");

  static QueueConfig read(Args args) {
    QueueConfig defaults = QueueConfig.DEFAULT;
    QueueConfig queue =
        new QueueConfig(
            args.get("memory", defaults.memory(), Quantities.size("128MiB")),
            args.get("max_age", defaults.maxAge(), Quantities.durationOrZero("55m")),
            args.get("max_in_flight", defaults.maxInFlight(), Scalars.integer(1, MAX_IN_FLIGHT)));
    later(args, "disk", Quantities.size("1GiB"));
    later(args, "min_free_disk", Quantities.size("256MiB"));
    later(args, "fsync", QueueReader::fsync);
    later(args, "spill_after", Quantities.durationOrZero("2s"));
    later(args, "backlog_rate", Quantities.size("3MiB"));
    args.finish();
    return queue;
  }

  /** Checked, so that a config is right when the disk lane comes; but nobody may rely on it. */
  private static <T> void later(Args args, String key, Converter<T> converter) {
    Node node = args.node(key);
    if (node != null && converter.convert(node) != null) {
      node.warn("has no effect in this version: profiles are queued in memory only");
    }
  }

  private static @Nullable Object fsync(Node node) {
    return FSYNC.contains(node.scalar().orElse(""))
        ? FSYNC
        : Quantities.duration("\"1s\", or always, or never").convert(node);
  }

  private QueueReader() {}
}
