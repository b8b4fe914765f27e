package dev.stoker.http.proxy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Hosts that are reached without a proxy, by the rules of golang.org/x/net/http/httpproxy. The list
 * is separated by commas and holds host names (each includes all names below it), <code>.suffix
 * </code> (only the names below it), IP addresses and CIDR ranges. Everything except a range may
 * have a port. <code>*</code> means every host. With any list, localhost and loopback addresses are
 * reached directly. No name is resolved.
 */
public final class NoProxy {
  /** No host is reached without the proxy, not even a loopback address. */
  public static final NoProxy NOTHING = new NoProxy("", false);

  private static final Pattern LITERAL = Pattern.compile("[0-9.]+|\\[?[0-9A-Fa-f:.]*:[^\\]]*\\]?");
  private static final Pattern PORT = Pattern.compile("(.*):([0-9]{1,5})");

  private final String text;
  private final boolean loopback;
  private final List<Rule> rules = new ArrayList<>();

  private interface Rule {
    boolean matches(String host, byte @Nullable [] address, int port);
  }

  private NoProxy(String text, boolean loopback) {
    this.text = text;
    this.loopback = loopback;
    for (String entry : text.split(",")) {
      String rule = entry.strip().toLowerCase(Locale.ROOT);
      if (!rule.isEmpty()) {
        rules.add(rule(rule));
      }
    }
  }

  public static NoProxy of(String text) {
    return new NoProxy(text, true);
  }

  private static Rule rule(String entry) {
    if (entry.equals("*")) {
      return (host, address, port) -> true;
    }
    int slash = entry.indexOf('/');
    byte[] network = slash < 0 ? null : address(entry.substring(0, slash));
    if (network != null && entry.substring(slash + 1).matches("[0-9]{1,3}")) {
      int bits = Integer.parseInt(entry.substring(slash + 1));
      return (host, address, port) -> address != null && inside(network, bits, address);
    }
    Matcher with = PORT.matcher(entry);
    boolean hasPort = address(entry) == null && with.matches();
    String name = hasPort ? with.group(1) : entry;
    int wanted = hasPort ? Integer.parseInt(with.group(2)) : -1;
    byte[] literal = address(name);
    if (literal != null) {
      return (host, address, port) ->
          Arrays.equals(literal, address) && (wanted < 0 || wanted == port);
    }
    String below = name.startsWith("*.") ? name.substring(1) : name;
    boolean itself = !below.startsWith(".");
    String suffix = itself ? "." + below : below;
    return (host, address, port) ->
        (host.endsWith(suffix) || itself && host.equals(below)) && (wanted < 0 || wanted == port);
  }

  private static boolean inside(byte[] network, int bits, byte[] address) {
    if (network.length != address.length || bits > network.length * Byte.SIZE) {
      return false;
    }
    for (int bit = 0; bit < bits; bit++) {
      int mask = 0x80 >> (bit % Byte.SIZE);
      if (((network[bit / Byte.SIZE] ^ address[bit / Byte.SIZE]) & mask) != 0) {
        return false;
      }
    }
    return true;
  }

  /** The bytes of a literal address, or null for a name, which is never resolved. */
  private static byte @Nullable [] address(String text) {
    if (!LITERAL.matcher(text).matches()
        || text.indexOf(':') < 0 && !text.matches("[0-9]{1,3}(\\.[0-9]{1,3}){3}")) {
      return null;
    }
    try {
      return InetAddress.getByName(text).getAddress();
    } catch (UnknownHostException none) {
      return null;
    }
  }

  boolean matches(String host, int port) {
    String name = host.toLowerCase(Locale.ROOT);
    String plain = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    byte[] address = address(plain);
    if (loopback && (plain.equals("localhost") || isLoopback(address))) {
      return true;
    }
    return rules.stream().anyMatch(rule -> rule.matches(plain, address, port));
  }

  private static boolean isLoopback(byte @Nullable [] address) {
    try {
      return address != null && InetAddress.getByAddress(address).isLoopbackAddress();
    } catch (UnknownHostException impossible) {
      return false;
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof NoProxy same && same.text.equals(text) && same.loopback == loopback;
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String toString() {
    return text;
  }
}
