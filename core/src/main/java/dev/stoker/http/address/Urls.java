package dev.stoker.http.address;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;

/** Small questions about URLs. */
public final class Urls {
  private static final int HTTPS = 443;
  private static final int HTTP = 80;

  /** Scheme, host, port and path. User and query are left out, because they may hold secrets. */
  public static String shown(URI url) {
    String path = url.getRawPath() == null ? "" : url.getRawPath();
    return url.getScheme() + "://" + authority(url) + path;
  }

  /** Host and port as they are written in the URL. */
  public static String authority(URI url) {
    return url.getHost() + (url.getPort() < 0 ? "" : ":" + url.getPort());
  }

  /** The port of the URL, or the usual one of its scheme. */
  public static int port(URI url) {
    if (url.getPort() > 0) {
      return url.getPort();
    }
    return isHttps(url) ? HTTPS : HTTP;
  }

  public static boolean isHttps(URI url) {
    return "https".equalsIgnoreCase(url.getScheme());
  }

  /** Decodes a part of a user info: percent escapes only, and + means itself. */
  public static String decode(String raw) {
    return URLDecoder.decode(raw.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  private Urls() {}
}
