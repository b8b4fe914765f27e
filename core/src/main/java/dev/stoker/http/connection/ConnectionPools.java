package dev.stoker.http.connection;

import dev.stoker.concurrent.Timers;
import io.vertx.core.Future;
import io.vertx.core.http.HttpClient;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps servers of HTTP/2 reachable whose connections never become of use. Vert.x waits without end
 * for the first SETTINGS of a server, and a connection that waits keeps its place in the pool and
 * cannot be closed alone. So requests to such a server go to a second pool, which is exchanged for
 * a new one when a connection in it never becomes of use either.
 */
final class ConnectionPools {
  private static final Logger log = LoggerFactory.getLogger(ConnectionPools.class);

  /** Nanoseconds between two exchanges of the second pool, whatever servers do. */
  private static final long PAUSE = TimeUnit.SECONDS.toNanos(30);

  /** The most servers that are remembered; the oldest ones return to the first pool. */
  private static final int MOST = 1_000;

  private final Supplier<HttpClient> maker;
  private final Timers timers;
  private final ConnectionPool first;
  private final Set<String> stuck = new LinkedHashSet<>();
  private @Nullable ConnectionPool second;
  private long secondSince;

  /**
   * @param maker makes a client that has no connections yet
   */
  ConnectionPools(Supplier<HttpClient> maker, Timers timers) {
    this.maker = maker;
    this.timers = timers;
    this.first = new ConnectionPool(maker.get());
  }

  ConnectionPool of(String server) {
    return second != null && stuck.contains(server) ? second : first;
  }

  /** A request to this server has waited in vain for a connection that is of use. */
  void stuck(String server) {
    ConnectionPool before = second;
    long now = timers.nanoTime();
    boolean known = !stuck.add(server);
    if (stuck.size() > MOST) {
      stuck.remove(stuck.iterator().next());
    }
    if (before != null && (!known || now - secondSince < PAUSE)) {
      return;
    }
    log.atInfo()
        .addKeyValue("server", server)
        .log(
            "no connection to a server that may speak HTTP/2 was of use in time; the next request"
                + " opens another");
    second = new ConnectionPool(maker.get());
    secondSince = now;
    if (before != null) {
      before.retire();
    }
  }

  Future<Void> close() {
    ConnectionPool other = second;
    return Future.join(first.close(), other == null ? Future.succeededFuture() : other.close())
        .mapEmpty();
  }
}
