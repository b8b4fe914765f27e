package dev.stoker.http.failure;

import io.vertx.core.http.HttpClosedException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Says in words for people what a failure of the network or of a file means. The libraries name
 * their own classes and states, which do not tell what to look at.
 */
public final class FailureMessages {
  private static final int DEPTH = 20;
  private static final Pattern JSON_PLACE = Pattern.compile("line: (\\d+), column: (\\d+)");

  private static final Pattern NO_RECORD =
      Pattern.compile("not an SSL/TLS record: ([0-9a-fA-F]{2,})");

  /** Says why a connection could not be made, or why it broke. */
  public static String of(Throwable failure) {
    Throwable cause = failure;
    for (int depth = 0; cause != null && depth < DEPTH; depth++, cause = cause.getCause()) {
      String known = known(cause);
      if (!known.isEmpty()) {
        return known;
      }
    }
    String message = failure.getMessage();
    return message == null || message.isEmpty() ? failure.getClass().getSimpleName() : message;
  }

  /** Says why a file or folder cannot be read; the words come after "cannot be read:". */
  public static String ofFile(Throwable failure) {
    if (failure instanceof NoSuchFileException) {
      return "it does not exist";
    }
    if (failure instanceof AccessDeniedException) {
      return "this user may not";
    }
    if (failure instanceof CharacterCodingException) {
      return "it is no UTF-8 text";
    }
    if (failure instanceof InvalidPathException) {
      return "this is no path";
    }
    boolean reasoned = failure instanceof FileSystemException system && system.getReason() != null;
    String message = reasoned ? ((FileSystemException) failure).getReason() : failure.getMessage();
    return message == null || message.isEmpty() ? failure.getClass().getSimpleName() : message;
  }

  /** Of a text that is no JSON: where it stops making sense; "" = not known. */
  public static String ofJson(Throwable failure) {
    String message = String.valueOf(failure.getMessage());
    if (message.contains("nesting depth")) {
      return ": it is nested too deeply";
    }
    Matcher place = JSON_PLACE.matcher(message);
    return place.find()
        ? ": it makes no sense at line " + place.group(1) + ", column " + place.group(2)
        : "";
  }

  private static String known(Throwable cause) {
    String message = cause.getMessage() == null ? "" : cause.getMessage();
    String lower = message.toLowerCase(Locale.ROOT);
    if (cause instanceof NoAnswerException) {
      return message;
    }
    if (cause instanceof UnknownHostException) {
      return "the name of the host cannot be resolved";
    }
    String type = cause.getClass().getSimpleName();
    boolean connecting = cause instanceof ConnectException || type.contains("ConnectTimeout");
    if (type.contains("ConnectTimeout") || connecting && lower.contains("timed out")) {
      return "time-out, nothing answers the attempt to connect; is the host up, and does a firewall"
          + " or a network policy let this connection through?";
    }
    if (cause instanceof NoRouteToHostException || lower.contains("no route to host")) {
      return "no route to the host; is the address right, and is the host up?";
    }
    if (lower.contains("network is unreachable")) {
      return "no route to the network of this address; is the address right?";
    }
    if (connecting) {
      return "connection refused, the host answers but nothing listens on this port";
    }
    return broken(cause, lower);
  }

  private static String broken(Throwable cause, String lower) {
    if (cause instanceof HttpClosedException || lower.equals("connection was closed")) {
      return "the other side has closed the connection";
    }
    if (lower.contains("connection reset") || lower.contains("broken pipe")) {
      return "the other side has reset the connection";
    }
    if (lower.contains("closechannelexception")
        || cause instanceof java.nio.channels.ClosedChannelException) {
      return "the other side has closed the connection";
    }
    String type = cause.getClass().getSimpleName();
    if (type.startsWith("TooLongHttpHeader") || type.startsWith("TooLongHttpLine")) {
      return "the head of the answer is too large";
    }
    Matcher record = NO_RECORD.matcher(String.valueOf(cause.getMessage()));
    return record.find() ? noTls(record.group(1)) : "";
  }

  private static String noTls(String hex) {
    int digits = Math.min(hex.length() & ~1, 2 * ProtocolDetection.PREVIEW);
    byte[] answer = HexFormat.of().parseHex(hex, 0, digits);
    return ProtocolDetection.isHttp(answer)
        ? "the other side speaks plain http; set the scheme to http (of a target: __scheme__, or"
            + " scheme of the component)"
        : "this port does not speak TLS (it answered " + ProtocolDetection.answered(answer) + ")";
  }

  private FailureMessages() {}
}
