package dev.stoker.admin;

import dev.stoker.concurrent.Timers;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * How long a client may take: a connection that has not sent a whole request head in time is
 * closed, and one that does not finish its body. Clients that trickle (slow loris) hold only their
 * own connections, and only so many. Control context only.
 */
final class Patience {
  static final int MAX_CONNECTIONS = 1_000;
  static final long HEAD_MILLIS = 10_000;
  static final long BODY_MILLIS = 30_000;

  private final Timers timers;
  private final Map<HttpConnection, Timers.Cancellable> headless = new HashMap<>();
  private final Set<HttpConnection> open = new HashSet<>();

  Patience(Timers timers) {
    this.timers = timers;
  }

  void connected(HttpConnection connection) {
    if (open.size() >= MAX_CONNECTIONS) {
      connection.close();
      return;
    }
    open.add(connection);
    headless.put(connection, timers.after(HEAD_MILLIS, connection::close));
    connection.closeHandler(
        ignored -> {
          open.remove(connection);
          stopWaiting(connection);
        });
  }

  /** A head has come; between two requests of a connection its idle timeout holds. */
  void requested(HttpServerRequest request) {
    HttpConnection connection = request.connection();
    stopWaiting(connection);
    if (!request.isEnded()) {
      Timers.Cancellable waiting = timers.after(BODY_MILLIS, connection::close);
      request.end().onComplete(ignored -> waiting.cancel());
    }
  }

  private void stopWaiting(HttpConnection connection) {
    Timers.Cancellable waiting = headless.remove(connection);
    if (waiting != null) {
      waiting.cancel();
    }
  }
}
