package dev.stoker.discovery.kubernetes;

/** Addresses as Go's net.JoinHostPort writes them. */
final class HostPort {
  private HostPort() {}

  static String join(String host, long port) {
    return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
  }
}
