package dev.stoker.admin.server;

import java.io.IOException;
import java.net.UnknownHostException;
import java.util.Locale;

/** The address of the admin server cannot be had; the message is for people. */
public final class CannotListen extends IOException {
  private static final long serialVersionUID = 1;

  CannotListen(String host, int port, Throwable cause) {
    super(
        "cannot listen on "
            + (host.contains(":") ? "[" + host + "]" : host)
            + ":"
            + port
            + " (stoker.http.listen or --listen): "
            + reason(host, cause),
        cause);
  }

  /** Transports word it differently, and give no codes. */
  private static String reason(String host, Throwable cause) {
    String words = String.valueOf(cause.getMessage());
    String message = words.toLowerCase(Locale.ROOT);
    if (message.contains("already in use")) {
      return "in use by another process, perhaps an Alloy, whose port is 12345 too; choose another"
          + " port, such as --listen 127.0.0.1:12346";
    }
    if (message.contains("permission denied") || message.contains("not permitted")) {
      return "not permitted: ports below 1024 are for root or CAP_NET_BIND_SERVICE; choose a larger"
          + " one";
    }
    if (message.contains("assign requested address") || message.contains("address not available")) {
      return "this machine has no such address; choose one of its own, 127.0.0.1, or 0.0.0.0 for all";
    }
    if (cause instanceof UnknownHostException || message.contains("failed to resolve")) {
      return "the name " + host + " has no address; write an address";
    }
    return words;
  }
}
