package dev.stoker.admin.server;

import dev.stoker.http.server.ListenFailure;
import java.io.IOException;

/** The address of the admin server cannot be had; the message is for people. */
public final class CannotListen extends IOException {
  private static final long serialVersionUID = 1;

  private static final String HINT =
      "in use by another process, perhaps an Alloy, whose port is 12345 too; choose another port,"
          + " such as --listen 127.0.0.1:12346";

  CannotListen(String host, int port, Throwable cause) {
    super(
        "cannot listen on "
            + (host.contains(":") ? "[" + host + "]" : host)
            + ":"
            + port
            + " (stoker.http.listen or --listen): "
            + ListenFailure.words(host, cause, HINT),
        cause);
  }
}
