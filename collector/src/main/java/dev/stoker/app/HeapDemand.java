package dev.stoker.app;

import dev.stoker.config.LoadedConfig;
import dev.stoker.scrape.ScrapeConfig;
import dev.stoker.write.queue.QueueConfig;
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
  static HeapDemand of(LoadedConfig config) {
    List<QueueConfig> queues =
        config.writes().stream()
            .flatMap(write -> write.endpoints().stream())
            .map(endpoint -> endpoint.queue())
            .toList();
    return new HeapDemand(
        queues.stream().mapToLong(QueueConfig::memoryHeap).sum(),
        queues.stream().mapToLong(QueueConfig::diskHeap).sum(),
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
}
