package dev.stoker.app;

import dev.stoker.config.LoadedConfig;
import dev.stoker.scrape.ScrapeConfig;
import dev.stoker.write.QueueConfig;
import java.util.List;

/**
 * What a config asks of the heap.
 *
 * @param queues bytes that the memory lanes of all queues may take, with what is on its way to and
 *     from the disk
 * @param diskIndex bytes that are kept of the profiles in the queues' files
 * @param maxBody largest body that a scrape component allows
 * @param maxInflated largest inflated profile that a scrape component allows
 */
record HeapDemand(long queues, long diskIndex, long maxBody, long maxInflated) {
  /** A queue without a bound still has to fit on a machine. */
  private static final long UNBOUNDED_QUEUE = 1L << 30;

  /** A disk lane without a bound: as many profiles as 4 GiB hold. */
  private static final long UNBOUNDED_DISK = 4L << 30;

  /** A profile on disk counts as 4 KiB at least, and takes some 120 bytes of heap. */
  private static final long DISK_PER_HEAP = 32;

  static HeapDemand of(LoadedConfig config) {
    List<QueueConfig> queues =
        config.writes().stream()
            .flatMap(write -> write.endpoints().stream())
            .map(endpoint -> endpoint.queue())
            .toList();
    return new HeapDemand(
        queues.stream().mapToLong(HeapDemand::memory).sum(),
        queues.stream().mapToLong(HeapDemand::index).sum(),
        config.scrapes().stream()
            .map(ScrapeConfig::limits)
            .mapToLong(limits -> limits.maxBodySize())
            .max()
            .orElse(0),
        config.scrapes().stream()
            .map(ScrapeConfig::limits)
            .mapToLong(limits -> limits.maxInflatedSize())
            .max()
            .orElse(0));
  }

  private static long memory(QueueConfig queue) {
    long memory = queue.memory() == 0 ? UNBOUNDED_QUEUE : queue.memory();
    return queue.disk().enabled() ? memory + QueueConfig.BESIDE_MEMORY : memory;
  }

  private static long index(QueueConfig queue) {
    if (!queue.disk().enabled()) {
      return 0;
    }
    long disk = queue.disk().bytes() == 0 ? UNBOUNDED_DISK : queue.disk().bytes();
    return disk / DISK_PER_HEAP;
  }
}
