package dev.stoker.discovery.dns;

import java.time.Duration;
import java.util.List;

/**
 * A <code>discovery.dns</code> component.
 *
 * @param port of A and AAAA records, which have none
 */
public record DnsConfig(
    String component, List<String> names, Type type, int port, Duration refreshInterval) {
  /** Record type. */
  public enum Type {
    SRV,
    A,
    AAAA
  }

  public DnsConfig {
    names = List.copyOf(names);
  }
}
