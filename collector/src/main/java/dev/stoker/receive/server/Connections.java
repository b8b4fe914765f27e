package dev.stoker.receive.server;

import dev.stoker.concurrent.Timers;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * The clients' connections of one receiver, up to a bound: past it, one that is idle makes room, or
 * else a slow one; when all are at work the new one is closed. A head has its time. Owned by the
 * control context.
 */
final class Connections {
  static final long HEAD_MILLIS = 10_000;

  /** Why a connection was closed. */
  enum Reason {
    HEAD,
    ROOM,
    FULL
  }

  private static final class Client {
    private Timers.Cancellable headTimer = () -> {};
    private int requests;
  }

  private final Timers timers;
  private final Consumer<Reason> closed;
  private final BooleanSupplier yieldSlowest;

  /** Those without a request first come, first idle. */
  private final Map<HttpConnection, Client> open = new LinkedHashMap<>();

  private int most;

  /**
   * @param closed counts what was closed
   * @param yieldSlowest makes a slow request give way, which closes its connection
   */
  Connections(int most, Timers timers, Consumer<Reason> closed, BooleanSupplier yieldSlowest) {
    this.most = most;
    this.timers = timers;
    this.closed = closed;
    this.yieldSlowest = yieldSlowest;
  }

  void most(int next) {
    most = next;
  }

  int open() {
    return open.size();
  }

  void connected(HttpConnection connection) {
    if (open.size() >= most && !makeRoom()) {
      closed.accept(Reason.FULL);
      connection.close();
      return;
    }
    Client client = new Client();
    open.put(connection, client);
    client.headTimer = timers.after(HEAD_MILLIS, () -> close(connection, Reason.HEAD));
    connection.closeHandler(ignored -> gone(connection));
  }

  private boolean makeRoom() {
    for (Map.Entry<HttpConnection, Client> entry : open.entrySet()) {
      if (entry.getValue().requests == 0) {
        close(entry.getKey(), Reason.ROOM);
        return true;
      }
    }
    return yieldSlowest.getAsBoolean();
  }

  private void gone(HttpConnection connection) {
    Client client = open.remove(connection);
    if (client != null) {
      client.headTimer.cancel();
    }
  }

  /** A head has come; false = its connection is closed already. */
  boolean began(HttpServerRequest request) {
    HttpConnection connection = request.connection();
    Client client = open.remove(connection);
    if (client == null) {
      return false;
    }
    client.headTimer.cancel();
    client.requests++;
    open.put(connection, client);
    return true;
  }

  /** The request was answered, or its client is gone. */
  void ended(HttpConnection connection) {
    Client client = open.remove(connection);
    if (client != null) {
      client.requests--;
      open.put(connection, client);
    }
  }

  private void close(HttpConnection connection, Reason reason) {
    closed.accept(reason);
    cut(connection);
  }

  /** Now, whatever is on its way. */
  void cut(HttpConnection connection) {
    gone(connection);
    connection.close();
  }
}
