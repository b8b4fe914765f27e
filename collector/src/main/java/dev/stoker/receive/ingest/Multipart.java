package dev.stoker.receive.ingest;

import dev.stoker.receive.InvalidPush;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The parts of a <code>multipart/form-data</code> body, by their names. */
final class Multipart {
  private static final int MOST_PARTS = 20;
  private static final int MOST_HEAD = 8 << 10;
  private static final Pattern BOUNDARY =
      Pattern.compile(
          "(?i).*;\\s*boundary=(?:\"([^\"]{1,70})\"|([^\\s;]{1,70})).*", Pattern.DOTALL);
  private static final Pattern NAME =
      Pattern.compile("(?i)content-disposition:[^\r\n]*;\\s*name=\"?([^\";\r\n]*)\"?");

  /**
   * @param contentType of the request, which names the boundary
   */
  static Map<String, byte[]> parts(byte[] body, String contentType) throws InvalidPush {
    Matcher named = BOUNDARY.matcher(contentType);
    if (!named.matches()) {
      throw new InvalidPush("the Content-Type of the multipart body names no boundary");
    }
    String boundary = named.group(1) == null ? named.group(2) : named.group(1);
    byte[] line = ("--" + boundary).getBytes(StandardCharsets.ISO_8859_1);
    byte[] between = ("\r\n--" + boundary).getBytes(StandardCharsets.ISO_8859_1);
    Map<String, byte[]> parts = new HashMap<>();
    int at = find(body, line, 0);
    if (at < 0) {
      throw new InvalidPush("the multipart body does not begin with its boundary");
    }
    at += line.length;
    while (!starts(body, at, "--")) {
      int end = find(body, between, at);
      if (end < 0) {
        throw new InvalidPush("the multipart body is cut: its last boundary is missing");
      }
      part(body, at, end, parts);
      at = end + between.length;
    }
    return parts;
  }

  private static void part(byte[] body, int from, int to, Map<String, byte[]> parts)
      throws InvalidPush {
    int blank = find(body, new byte[] {'\r', '\n', '\r', '\n'}, from);
    if (blank < 0 || blank > to || blank - from > MOST_HEAD || parts.size() >= MOST_PARTS) {
      throw new InvalidPush(
          "a part of the multipart body has no end of its headers, or there are more than "
              + MOST_PARTS
              + " parts");
    }
    Matcher name = NAME.matcher(new String(body, from, blank - from, StandardCharsets.UTF_8));
    if (name.find()) {
      parts.put(name.group(1), Arrays.copyOfRange(body, Math.min(blank + 4, to), to));
    }
  }

  private static boolean starts(byte[] body, int at, String text) {
    for (int i = 0; i < text.length(); i++) {
      if (at + i >= body.length || body[at + i] != text.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** A boundary does not repeat itself at its start, so this takes linear time in practice. */
  private static int find(byte[] body, byte[] what, int from) {
    for (int i = from; i <= body.length - what.length; i++) {
      if (body[i] == what[0] && Arrays.equals(body, i, i + what.length, what, 0, what.length)) {
        return i;
      }
    }
    return -1;
  }

  private Multipart() {}
}
