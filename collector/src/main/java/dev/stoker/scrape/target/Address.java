package dev.stoker.scrape.target;

/**
 * The <code>__address__</code> rules of Alloy: host:port, or a host that gets its scheme's port.
 * Sealed outcome, because a bad address drops one target and no other.
 */
sealed interface Address {
  /** host:port, IPv6 in brackets. */
  record HostPort(String value) implements Address {}

  /** The reason, with what to write. */
  record Invalid(String message) implements Address {}

  static Address parse(String address, String scheme) {
    if (address.isEmpty()) {
      return new Invalid("__address__ is missing; set it to host:port");
    }
    if (!address.chars().allMatch(c -> c > ' ' && c < 127 && "/?#@\\\"<>^`{|}%".indexOf(c) < 0)) {
      return new Invalid(
          "__address__ \""
              + address
              + "\" is not host:port; a path belongs into __profile_path__, a scheme into"
              + " __scheme__");
    }
    if (address.startsWith("[") && !address.matches("\\[[0-9a-fA-F:.]+](:.*)?")) {
      return new Invalid("__address__ \"" + address + "\" is no valid [IPv6]:port");
    }
    int port = portStart(address);
    if (port < 0) {
      return withDefaultPort(address, scheme);
    }
    String number = address.substring(port);
    if (!number.matches("[0-9]{1,5}")
        || Integer.parseInt(number) > 65535
        || Integer.parseInt(number) == 0
        || port == 1) {
      return new Invalid(
          "__address__ \"" + address + "\" has no valid host and port; write host:1..65535");
    }
    return new HostPort(address);
  }

  private static Address withDefaultPort(String address, String scheme) {
    if (!address.startsWith("[") && address.indexOf(':') >= 0) {
      return new Invalid(
          "__address__ \"" + address + "\" is a bare IPv6 address; write [" + address + "]:PORT");
    }
    return new HostPort(address + (scheme.equals("https") ? ":443" : ":80"));
  }

  /** Index of the port's first digit; -1 when the address has none. */
  private static int portStart(String address) {
    int colon = address.lastIndexOf(':');
    boolean inBrackets = address.startsWith("[") && colon < address.indexOf(']');
    boolean bareIpv6 = !address.startsWith("[") && colon != address.indexOf(':');
    return colon < 0 || inBrackets || bareIpv6 ? -1 : colon + 1;
  }
}
