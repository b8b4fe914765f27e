package dev.stoker.http.failure;

import java.nio.charset.StandardCharsets;

/** Tells by the first bytes of an answer who speaks, when it is not HTTP/1. */
public final class ProtocolDetection {
  /** The most bytes that are looked at and shown. */
  public static final int PREVIEW = 48;

  private static final byte[] HTTP = "HTTP/".getBytes(StandardCharsets.US_ASCII);
  private static final int TLS_ALERT = 0x15;
  private static final int TLS_HANDSHAKE = 0x16;
  private static final int TLS_MAJOR = 3;
  private static final int SETTINGS = 4;
  private static final int GOAWAY = 7;
  private static final int FRAME_HEAD = 9;
  private static final int MYSQL_VERSION = 10;
  private static final int MYSQL_ERROR = 0xff;

  /** True if the bytes may begin an answer of HTTP/1; servers may send empty lines before it. */
  public static boolean isHttp(byte[] answer) {
    int at = 0;
    while (at < answer.length && (answer[at] == '\r' || answer[at] == '\n')) {
      at++;
    }
    for (int i = 0; i < HTTP.length && at + i < answer.length; i++) {
      if (answer[at + i] != HTTP[i]) {
        return false;
      }
    }
    return true;
  }

  /** Says what came instead of an answer of HTTP/1. */
  public static String instead(byte[] answer) {
    if (isTls(answer)) {
      return "this port speaks TLS; set the scheme to https (of a target: __scheme__, or scheme of"
          + " the component)";
    }
    return "this port does not speak HTTP/1 (it answered "
        + answered(answer)
        + "); is it the port that serves what is asked for?";
  }

  /** Shows the bytes, and says whose they are if that is known. */
  static String answered(byte[] answer) {
    String who = who(answer);
    return who.isEmpty() ? shown(answer) : shown(answer) + ", as " + who + " does";
  }

  private static String who(byte[] answer) {
    String text = new String(answer, StandardCharsets.ISO_8859_1);
    if (isTls(answer)) {
      return "a server with TLS";
    }
    if (text.startsWith("SSH-")) {
      return "an SSH server";
    }
    if (text.startsWith("-ERR") || text.startsWith("-DENIED") || text.startsWith("-NOAUTH")) {
      return "a Redis server";
    }
    if (text.startsWith("220 ") || text.startsWith("220-")) {
      return "a mail or FTP server";
    }
    if (text.startsWith("+OK ") || text.startsWith("* OK ")) {
      return "a mailbox server";
    }
    if (text.startsWith("ERROR\r\n")) {
      return "a memcached server";
    }
    if (isHttp2(answer)) {
      return "a gRPC or HTTP/2 server";
    }
    return isMysql(answer) ? "a MySQL server" : "";
  }

  private static boolean isTls(byte[] answer) {
    return answer.length >= 2
        && (answer[0] == TLS_ALERT || answer[0] == TLS_HANDSHAKE)
        && answer[1] == TLS_MAJOR;
  }

  /** An HTTP/2 frame is length, type, flags, stream; SETTINGS or GOAWAY come on stream 0. */
  private static boolean isHttp2(byte[] answer) {
    return answer.length >= FRAME_HEAD
        && answer[0] == 0
        && answer[1] == 0
        && (answer[3] == SETTINGS || answer[3] == GOAWAY)
        && (answer[5] | answer[6] | answer[7] | answer[8]) == 0;
  }

  /** A MySQL greeting is length, number 0, and version 10 of the protocol or an error. */
  private static boolean isMysql(byte[] answer) {
    return answer.length >= 5
        && answer[2] == 0
        && answer[3] == 0
        && (answer[4] == MYSQL_VERSION || (answer[4] & 0xff) == MYSQL_ERROR);
  }

  private static String shown(byte[] answer) {
    int end = 0;
    while (end < answer.length && end < PREVIEW && answer[end] >= ' ' && answer[end] < 0x7f) {
      end++;
    }
    boolean line =
        end == answer.length || end == PREVIEW || answer[end] == '\r' || answer[end] == '\n';
    if (end > 0 && line) {
      String text = new String(answer, 0, end, StandardCharsets.US_ASCII);
      return "\"" + text + (end == PREVIEW ? "…" : "") + "\"";
    }
    StringBuilder hex = new StringBuilder("bytes");
    for (int i = 0; i < Math.min(answer.length, FRAME_HEAD); i++) {
      hex.append(String.format(" %02x", answer[i]));
    }
    return hex.toString();
  }

  private ProtocolDetection() {}
}
