package dev.stoker.agent;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The first line and the headers of an HTTP/1 request. Immutable. */
final class RequestHead {
  static final int MAX_BYTES = 16 << 10;

  private final String method;
  private final String target;
  private final Map<String, String> headers;

  private RequestHead(String method, String target, Map<String, String> headers) {
    this.method = method;
    this.target = target;
    this.headers = headers;
  }

  /** Where the empty line behind the head ends; -1 = not yet there. */
  static int end(byte[] bytes, int length) {
    for (int i = 0; i < length; i++) {
      if (bytes[i] == '\n') {
        int next = i + 1 < length && bytes[i + 1] == '\r' ? i + 2 : i + 1;
        if (next < length && bytes[next] == '\n') {
          return next + 1;
        }
      }
    }
    return -1;
  }

  /**
   * @return null when it is no request head of HTTP/1
   */
  static @Nullable RequestHead parse(byte[] bytes, int end) {
    String[] lines = new String(bytes, 0, end, StandardCharsets.ISO_8859_1).split("\r?\n", -1);
    String[] first = lines[0].split(" ", -1);
    if (first.length != 3 || !first[1].startsWith("/") || !first[2].startsWith("HTTP/1.")) {
      return null;
    }
    Map<String, String> headers = new HashMap<>();
    for (int i = 1; i < lines.length && !lines[i].isEmpty(); i++) {
      int colon = lines[i].indexOf(':');
      if (colon <= 0) {
        return null;
      }
      String name = lines[i].substring(0, colon).toLowerCase(Locale.ROOT);
      // Two of a kind have no meaning that everybody agrees on.
      if (headers.put(name, lines[i].substring(colon + 1).strip()) != null
          && (name.equals("host") || name.equals("authorization"))) {
        return null;
      }
    }
    return new RequestHead(first[0], first[1], Map.copyOf(headers));
  }

  String method() {
    return method;
  }

  String path() {
    int query = target.indexOf('?');
    return query < 0 ? target : target.substring(0, query);
  }

  /** The value of a parameter as it stands there; "" = none. */
  String parameter(String name) {
    int query = target.indexOf('?');
    if (query >= 0) {
      for (String pair : target.substring(query + 1).split("&", -1)) {
        if (pair.toLowerCase(Locale.ROOT).startsWith(name + "=")) {
          return pair.substring(name.length() + 1);
        }
      }
    }
    return "";
  }

  /**
   * @param name in lower case
   */
  @Nullable String header(String name) {
    return headers.get(name);
  }
}
