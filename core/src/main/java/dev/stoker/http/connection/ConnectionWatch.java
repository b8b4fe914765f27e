package dev.stoker.http.connection;

import dev.stoker.concurrent.Timers;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.StreamResetException;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds connections that are open but silent, for example because a firewall or a load balancer has
 * forgotten them. A request that is given up says nothing about its connection, because the server
 * may be slow. So an HTTP/2 connection is asked with a PING, and closed when nothing answers within
 * 5 seconds. HTTP/1.1 has no such question, and Vert.x closes the connection of a request that is
 * given up. Idle connections to the same server that have not answered since are closed with it,
 * because each of them would cost one more time-out.
 *
 * <p>The watch also bounds how many connections are kept for later requests. With more than that,
 * those that have been open for the longest stay: requests come in turns, so the one that was used
 * least recently is the one that is needed next.
 */
final class ConnectionWatch {
  private static final Logger log = LoggerFactory.getLogger(ConnectionWatch.class);
  private static final long PING_MILLIS = 5_000;

  /** A request that was given up sooner, in nanoseconds, says nothing about other connections. */
  private static final long SILENCE = TimeUnit.SECONDS.toNanos(1);

  private static final Buffer PING = Buffer.buffer("stoker!?");

  private final Timers timers;
  private final Map<HttpConnection, Link> links = new HashMap<>();
  private final Map<String, Set<Link>> byOrigin = new HashMap<>();

  private final int mostKept;

  /** Gauges read it from other threads. */
  private volatile int open;

  private int kept;

  /**
   * @param mostKept connections that stay open when nothing is asked
   */
  ConnectionWatch(Timers timers, int mostKept) {
    this.timers = timers;
    this.mostKept = mostKept;
  }

  /** How many are open. From any thread. */
  int connections() {
    return open;
  }

  /** An open connection. */
  private static final class Link {
    private final HttpConnection connection;
    private final String origin;
    private final Context control;
    private final boolean pings;
    private long heard;
    private int exchanges;
    private boolean asked;

    /** It ends with its exchange. */
    private boolean ends;

    Link(HttpClientRequest first, String origin, Context control, long now) {
      this.connection = first.connection();
      this.origin = origin;
      this.control = control;
      this.pings = first.version() == HttpVersion.HTTP_2;
      this.heard = now;
    }
  }

  /**
   * Watches the connection of a request.
   *
   * @param request a request that has just been opened, with nothing sent yet
   * @param origin the server that the connection leads to; connections to one server are kept
   *     together
   * @param control the context of the caller
   */
  void watch(HttpClientRequest request, String origin, Context control) {
    long began = timers.nanoTime();
    Link known = links.get(request.connection());
    Link link = known == null ? add(new Link(request, origin, control, began)) : known;
    link.exchanges++;
    if (link.ends && !link.pings) {
      request.putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
    }
    request
        .response()
        .onSuccess(response -> link.heard = timers.nanoTime())
        .compose(HttpClientResponse::end)
        .onComplete(
            ended -> {
              link.exchanges--;
              if (ended.succeeded()) {
                link.heard = timers.nanoTime();
                endIfIdle(link);
              } else {
                broken(link, began, ended.cause());
              }
            });
  }

  /** Over HTTP/1.1 both sides know from the request's head that it ends. */
  private void endIfIdle(Link link) {
    if (link.ends && link.pings && link.exchanges == 0) {
      remove(link);
      link.connection.shutdown();
    }
  }

  private Link add(Link link) {
    links.put(link.connection, link);
    link.ends = kept >= mostKept;
    kept += link.ends ? 0 : 1;
    open = links.size();
    byOrigin.computeIfAbsent(link.origin, ignored -> new LinkedHashSet<>()).add(link);
    link.connection.closeHandler(ignored -> link.control.runOnContext(also -> remove(link)));
    // Without a handler, Vert.x logs each message that nobody asked for, with a stack trace.
    link.connection.exceptionHandler(
        failure -> {
          if (!link.pings) {
            link.connection.close();
          }
        });
    return link;
  }

  private void remove(Link link) {
    if (links.remove(link.connection) == null) {
      return;
    }
    kept -= link.ends ? 0 : 1;
    open = links.size();
    byOrigin.computeIfPresent(
        link.origin,
        (ignored, same) -> {
          same.remove(link);
          return same.isEmpty() ? null : same;
        });
  }

  private void broken(Link link, long began, Throwable cause) {
    if (!link.pings || !(cause instanceof StreamResetException)) {
      remove(link);
    }
    if (!(cause instanceof StreamResetException)) {
      return;
    }
    ask(link);
    if (timers.nanoTime() - began >= SILENCE) {
      for (Link other : List.copyOf(byOrigin.getOrDefault(link.origin, Set.of()))) {
        if (other.heard - began < 0) {
          ask(other);
        }
      }
    }
  }

  private void ask(Link link) {
    if (!link.pings) {
      if (link.exchanges == 0) {
        close(link);
      }
    } else if (!link.asked && links.containsKey(link.connection)) {
      ping(link);
    }
  }

  private void ping(Link link) {
    link.asked = true;
    long began = timers.nanoTime();
    Timers.Cancellable deadline =
        timers.after(
            PING_MILLIS,
            () -> {
              link.asked = false;
              if (link.heard - began <= 0) {
                log.atInfo()
                    .addKeyValue("server", link.origin)
                    .addKeyValue("waited_ms", PING_MILLIS)
                    .log(
                        "a connection has gone silent and is closed; the next request opens"
                            + " another");
                close(link);
              }
            });
    link.connection
        .ping(PING)
        .onComplete(
            pong ->
                link.control.runOnContext(
                    ignored -> {
                      deadline.cancel();
                      link.asked = false;
                      if (pong.failed()) {
                        remove(link);
                      } else {
                        link.heard = timers.nanoTime();
                      }
                    }));
  }

  private void close(Link link) {
    remove(link);
    link.connection.close();
  }
}
