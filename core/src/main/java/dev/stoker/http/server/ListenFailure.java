package dev.stoker.http.server;

import java.net.UnknownHostException;
import java.util.Locale;

/** Why an address cannot be had, in words for people. */
public final class ListenFailure {
  /**
   * Transports word it differently, and give no codes.
   *
   * @param inUse what to say when another process has the port
   */
  public static String words(String host, Throwable cause, String inUse) {
    String words = String.valueOf(cause.getMessage());
    String message = words.toLowerCase(Locale.ROOT);
    if (message.contains("already in use")) {
      return inUse;
    }
    if (message.contains("permission denied") || message.contains("not permitted")) {
      return "not permitted: ports below 1024 are for root or CAP_NET_BIND_SERVICE; choose a larger"
          + " one";
    }
    if (message.contains("assign requested address") || message.contains("address not available")) {
      return "this machine has no such address; choose one of its own, 127.0.0.1, or 0.0.0.0 for"
          + " all";
    }
    if (cause instanceof UnknownHostException || message.contains("failed to resolve")) {
      return "the name " + host + " has no address; write an address";
    }
    return words;
  }

  private ListenFailure() {}
}
