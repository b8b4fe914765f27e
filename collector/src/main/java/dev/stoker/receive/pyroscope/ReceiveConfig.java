package dev.stoker.receive.pyroscope;

import dev.stoker.receive.LabelLimits;
import dev.stoker.receive.server.Bounds;
import dev.stoker.receive.server.Listen;
import java.time.Duration;
import java.util.List;

/**
 * A <code>pyroscope.receive_http</code> component.
 *
 * @param component id, such as <code>pyroscope.receive_http.default</code>
 * @param tenantFromHeader the header X-Scope-OrgID of a request is the tenant of its profiles
 * @param forwardTo ids of components that export a receiver
 */
public record ReceiveConfig(
    String component,
    Listen listen,
    boolean tenantFromHeader,
    Limits limits,
    List<String> forwardTo) {
  /** Alloy listens there too. */
  static final String DEFAULT_ADDRESS = "0.0.0.0";

  static final int DEFAULT_PORT = 8080;

  public ReceiveConfig {
    forwardTo = List.copyOf(forwardTo);
  }

  /**
   * What clients may send.
   *
   * @param maxInflatedSize bytes of a profile, or of a compressed request, when inflated
   */
  public record Limits(Bounds bounds, long maxInflatedSize, LabelLimits labels) {
    static final Limits DEFAULT =
        new Limits(
            new Bounds(16L << 20, 1024, 64L << 20, Duration.ofSeconds(30)),
            64L << 20,
            LabelLimits.NONE);
  }

  /** The same with other memory for the bodies of requests. */
  ReceiveConfig withInFlightBytes(long bytes) {
    Bounds bounds = limits.bounds();
    Bounds other =
        new Bounds(bounds.maxBodySize(), bounds.maxConnections(), bytes, bounds.readTimeout());
    return new ReceiveConfig(
        component,
        listen,
        tenantFromHeader,
        new Limits(other, limits.maxInflatedSize(), limits.labels()),
        forwardTo);
  }
}
