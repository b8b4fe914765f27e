package dev.stoker.discovery.kubelet;

import dev.stoker.http.client.HttpClientConfig;
import java.net.URI;
import java.time.Duration;
import java.util.List;

/**
 * A <code>discovery.kubelet</code> component.
 *
 * @param namespaces empty = all
 */
public record KubeletConfig(
    String component,
    URI url,
    Duration refreshInterval,
    List<String> namespaces,
    HttpClientConfig http) {
  public KubeletConfig {
    namespaces = List.copyOf(namespaces);
  }
}
