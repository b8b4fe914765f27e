package dev.stoker.write.http;

import dev.stoker.http.client.HttpClientConfig;
import dev.stoker.write.component.EndpointSpec;
import dev.stoker.write.endpoint.Backoff;
import dev.stoker.write.endpoint.EndpointSettings;
import dev.stoker.write.endpoint.Protocol;
import dev.stoker.write.queue.QueueConfig;
import java.net.URI;
import java.time.Duration;
import java.util.Map;

/**
 * An <code>endpoint</code> block of <code>pyroscope.write</code>, or of another component that
 * delivers over HTTP; names and defaults are Alloy's.
 *
 * @param protocol that its sender speaks
 * @param name "" = shown as its URL without userinfo; also what its queue on disk goes by
 * @param url base URL of the server, path prefix included
 * @param headers sent with every push; values are secrets
 * @param remoteTimeout of one try
 * @param retry when and how often a push is tried again
 * @param h2c HTTP/2 with prior knowledge over plain http
 * @param maxProfileSize bytes of a profile, inflated; larger ones are not sent; 0 = no limit
 * @param acceptAny2xx a 2xx answer of any media type is a delivery
 */
public record EndpointConfig(
    Protocol protocol,
    String name,
    URI url,
    Map<String, String> headers,
    Duration remoteTimeout,
    Retry retry,
    boolean h2c,
    QueueConfig queue,
    HttpClientConfig http,
    long maxProfileSize,
    boolean acceptAny2xx)
    implements EndpointSpec<EndpointConfig> {
  public static final String TENANT = "X-Scope-OrgID";

  public EndpointConfig {
    headers = Map.copyOf(headers);
  }

  /** Profiles of any size. */
  public EndpointConfig(
      Protocol protocol,
      String name,
      URI url,
      Map<String, String> headers,
      Duration remoteTimeout,
      Retry retry,
      boolean h2c,
      QueueConfig queue,
      HttpClientConfig http) {
    this(protocol, name, url, headers, remoteTimeout, retry, h2c, queue, http, 0, false);
  }

  /**
   * @param maxRetries tries of one profile while others pass; 0 = no limit
   * @param on429 false = a 429 drops the profile
   */
  public record Retry(Duration minBackoff, Duration maxBackoff, int maxRetries, boolean on429) {
    public static final Retry DEFAULT =
        new Retry(Duration.ofMillis(500), Duration.ofMinutes(5), 10, true);
  }

  /** The same with other bounds of its queue. */
  public EndpointConfig withQueue(QueueConfig other) {
    return new EndpointConfig(
        protocol,
        name,
        url,
        headers,
        remoteTimeout,
        retry,
        h2c,
        other,
        http,
        maxProfileSize,
        acceptAny2xx);
  }

  @Override
  public EndpointSettings settings() {
    return new EndpointSettings(
        protocol,
        new Backoff(retry.minBackoff(), retry.maxBackoff()),
        retry.maxRetries(),
        maxProfileSize,
        queue);
  }

  @Override
  public String displayName() {
    if (!name.isEmpty()) {
      return name;
    }
    String user = url.getRawUserInfo();
    return user == null ? url.toString() : url.toString().replace(user + "@", "");
  }

  /** The name, which survives a change of the URL; without a name the URL and the tenant. */
  @Override
  public String queueIdentity() {
    if (!name.isEmpty()) {
      return protocol.queueIdentity("name\n" + name);
    }
    String tenant =
        headers.entrySet().stream()
            .filter(header -> header.getKey().equalsIgnoreCase(TENANT))
            .map(Map.Entry::getValue)
            .findFirst()
            .orElse("");
    return protocol.queueIdentity("url\n" + displayName() + "\n" + tenant);
  }

  /** All but the queue is the sender's, and the size of its pool. */
  @Override
  public boolean needsOtherSender(EndpointConfig running) {
    return !running.withQueue(queue).equals(this)
        || running.queue().maxInFlight() != queue.maxInFlight();
  }

  /** Header values never leave through logs. */
  @Override
  public String toString() {
    return "EndpointConfig[" + displayName() + "]";
  }
}
