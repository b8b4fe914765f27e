package dev.stoker.receive.server;

import dev.stoker.http.server.ServerConfig;

/**
 * Where a receiver listens, and for whom.
 *
 * @param host IPv6 without brackets
 * @param port 0 = any free one
 * @param access login and certificate
 */
public record Listen(String host, int port, ServerConfig access) {
  /** Both need the same socket. */
  boolean sameAddress(Listen other) {
    return host.equals(other.host) && port == other.port;
  }

  /** Whoever reaches it may push. */
  public boolean isOpenToStrangers() {
    boolean loopback =
        host.equals("localhost") || host.equals("::1") || host.matches("127(\\.\\d{1,3}){3}");
    return !loopback && !access.hasLogin();
  }

  /** For people. */
  public String shown() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}
