package dev.stoker.discovery.kubernetes.objects;

/** Addresses as Go's net.JoinHostPort writes them. */
public final class HostPort {
  private HostPort() {}

  public static String join(String host, long port) {
    return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
  }
}
