package dev.stoker.discovery.kubernetes.api;

import dev.stoker.http.failure.FailureMessages;
import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;

/** Why a request to an API server has failed, for people. */
public final class FailureReasons {
  private FailureReasons() {}

  /** The deepest cause with words of its own; a refused connection has none. */
  public static String of(Throwable failure) {
    String words = "";
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      String told = FailureMessages.of(cause);
      if (told.startsWith("time-out") || told.startsWith("no route")) {
        return told;
      }
      if (cause instanceof IllegalArgumentException && text(cause).contains("header")) {
        // The JDK's message holds the value, which may be the token.
        return "a header of the request, such as the one with the token, holds a character that no"
            + " header may have; look for line breaks inside of the token";
      }
      if (cause instanceof UnresolvedAddressException) {
        return "the name of the API server cannot be resolved";
      }
      if (cause instanceof HttpTimeoutException
          && !(cause instanceof HttpConnectTimeoutException)) {
        return "time-out, the API server does not answer";
      }
      if (cause instanceof ConnectException && !isUnresolved(cause)) {
        return "the API server refuses the connection";
      }
      boolean own = cause.getMessage() != null && cause.getCause() == null;
      words = own || words.isEmpty() ? String.valueOf(cause.getMessage()) : words;
    }
    return isClosed(words) ? "the API server, or a proxy before it, closes the connection" : words;
  }

  private static String text(Throwable cause) {
    return String.valueOf(cause.getMessage());
  }

  /** The JDK's client tells a closed connection by where it was in the answer. */
  private static boolean isClosed(String words) {
    return words.contains("received no bytes")
        || words.contains("EOF reached")
        || words.contains("closed")
        || words.contains("chunked transfer encoding")
        || words.contains("fixed content-length");
  }

  private static boolean isUnresolved(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof UnresolvedAddressException) {
        return true;
      }
    }
    return false;
  }
}
