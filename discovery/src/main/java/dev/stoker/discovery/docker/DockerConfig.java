package dev.stoker.discovery.docker;

import dev.stoker.http.client.HttpClientConfig;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A <code>discovery.docker</code> component; names and defaults are Alloy's.
 *
 * @param url of the Engine API; with a socket its host is of no meaning
 * @param socket path of the unix socket; "" = over TCP
 * @param port of a container that exposes no TCP port
 * @param hostNetworkingHost address of containers in the host's network
 * @param filters as the Engine API takes them
 */
public record DockerConfig(
    String component,
    URI url,
    String socket,
    int port,
    String hostNetworkingHost,
    boolean matchFirstNetwork,
    Map<String, List<String>> filters,
    Duration refreshInterval,
    HttpClientConfig http) {
  public DockerConfig {
    filters = Map.copyOf(filters);
  }
}
