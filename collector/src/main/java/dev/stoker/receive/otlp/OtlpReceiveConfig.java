package dev.stoker.receive.otlp;

import dev.stoker.receive.config.ReceiveLimits;
import dev.stoker.receive.server.Listen;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An <code>otlp.receive</code> component.
 *
 * @param component id, such as <code>otlp.receive.default</code>
 * @param doors where it listens
 * @param tenantFromHeader the header X-Scope-OrgID of a request is the tenant of its profiles
 * @param forwardTo ids of components that export a receiver
 */
public record OtlpReceiveConfig(
    String component,
    Doors doors,
    boolean tenantFromHeader,
    ReceiveLimits limits,
    List<String> forwardTo) {
  static final String DEFAULT_ADDRESS = "127.0.0.1";

  /** The ports that are OpenTelemetry's. */
  static final int GRPC_PORT = 4317;

  static final int HTTP_PORT = 4318;

  public OtlpReceiveConfig {
    forwardTo = List.copyOf(forwardTo);
  }

  /** Where it listens; null = not by this protocol. */
  public record Doors(@Nullable Listen grpc, @Nullable Listen http) {
    /** Whoever reaches one of them may push. */
    boolean isOpenToStrangers() {
      return Stream.of(grpc, http).anyMatch(listen -> listen != null && listen.isOpenToStrangers());
    }
  }

  /** The same with so much of its memory for the bodies of requests. */
  OtlpReceiveConfig within(double share) {
    return new OtlpReceiveConfig(
        component, doors, tenantFromHeader, limits.within(share), forwardTo);
  }
}
