package dev.stoker.write.pyroscope;

import dev.stoker.labels.Labels;
import java.util.List;

/**
 * A <code>pyroscope.write</code> component.
 *
 * @param component id, such as <code>pyroscope.write.endpoint</code>
 * @param externalLabels overwrite the labels of every profile
 */
public record WriteConfig(String component, Labels externalLabels, List<EndpointConfig> endpoints) {
  public WriteConfig {
    endpoints = List.copyOf(endpoints);
  }
}
