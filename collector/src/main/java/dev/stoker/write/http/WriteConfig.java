package dev.stoker.write.http;

import dev.stoker.component.HeapDemand;
import dev.stoker.http.client.HttpClientConfig;
import dev.stoker.labels.Labels;
import dev.stoker.write.queue.QueueConfig;
import java.util.List;

/**
 * A component that delivers over HTTP, such as <code>pyroscope.write</code>.
 *
 * @param component id, such as <code>pyroscope.write.endpoint</code>
 * @param externalLabels overwrite the labels of every profile
 */
public record WriteConfig(String component, Labels externalLabels, List<EndpointConfig> endpoints) {
  public WriteConfig {
    endpoints = List.copyOf(endpoints);
  }

  public List<HttpClientConfig> clients() {
    return endpoints.stream().map(EndpointConfig::http).toList();
  }

  /** What its queues may take of the heap. */
  public HeapDemand demand() {
    List<QueueConfig> queues = endpoints.stream().map(EndpointConfig::queue).toList();
    return new HeapDemand(
        queues.stream().mapToLong(QueueConfig::memoryHeap).sum(),
        queues.stream().mapToLong(QueueConfig::diskHeap).sum(),
        0,
        0);
  }

  /** As {@link QueueConfig#within}. */
  public WriteConfig within(double queues, double diskIndex) {
    return new WriteConfig(
        component,
        externalLabels,
        endpoints.stream()
            .map(endpoint -> endpoint.withQueue(endpoint.queue().within(queues, diskIndex)))
            .toList());
  }
}
