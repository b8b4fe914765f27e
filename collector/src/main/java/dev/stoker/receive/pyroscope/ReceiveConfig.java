package dev.stoker.receive.pyroscope;

import dev.stoker.receive.config.ReceiveLimits;
import dev.stoker.receive.server.Listen;
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
    ReceiveLimits limits,
    List<String> forwardTo) {
  /** Alloy listens there too. */
  static final String DEFAULT_ADDRESS = "0.0.0.0";

  static final int DEFAULT_PORT = 8080;

  public ReceiveConfig {
    forwardTo = List.copyOf(forwardTo);
  }

  /** The same with so much of its memory for the bodies of requests. */
  ReceiveConfig within(double share) {
    return new ReceiveConfig(component, listen, tenantFromHeader, limits.within(share), forwardTo);
  }
}
