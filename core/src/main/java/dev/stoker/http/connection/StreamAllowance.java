package dev.stoker.http.connection;

import dev.stoker.concurrent.Timers;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpSettings;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.impl.HttpClientConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes HTTP/2 connections whose servers allow no more streams: for 10 seconds by their SETTINGS,
 * or for good by GOAWAY. With SETTINGS of no streams, requests would wait for a stream until their
 * deadlines, and as none of them is ever sent, the connection would never be found silent either.
 * After GOAWAY a connection would stay open for as long as the server likes.
 */
final class StreamAllowance {
  private static final Logger log = LoggerFactory.getLogger(StreamAllowance.class);
  static final long MILLIS = 10_000;

  private final Timers timers;
  private final HttpClientConnection connection;
  private Timers.Cancellable closing = () -> {};
  private boolean none;

  private StreamAllowance(Timers timers, HttpClientConnection connection) {
    this.timers = timers;
    this.connection = connection;
  }

  /** A connection has been made. Called on its event loop. */
  static void watch(HttpConnection connection, Timers timers) {
    if (connection instanceof HttpClientConnection client
        && connection.protocolVersion() == HttpVersion.HTTP_2) {
      StreamAllowance allowance = new StreamAllowance(timers, client);
      HttpSettings first = connection.remoteSettings();
      connection.remoteSettingsHandler(
          settings -> timers.control().execute(() -> allowance.allowed(settings)));
      connection.goAwayHandler(ignored -> timers.control().execute(allowance::close));
      timers.control().execute(() -> allowance.allowed(first));
    }
  }

  private void allowed(HttpSettings settings) {
    boolean now = settings instanceof Http2Settings http2 && http2.getMaxConcurrentStreams() == 0;
    if (now && !none) {
      closing = timers.after(MILLIS, this::close);
    } else if (!now) {
      closing.cancel();
    }
    none = now;
  }

  private void close() {
    closing.cancel();
    if (connection.activeStreams() > 0) {
      // Their answers may still come.
      closing = timers.after(MILLIS, this::close);
      return;
    }
    log.atDebug()
        .addKeyValue("server", connection.remoteAddress())
        .log("a server allows no requests on its connection");
    connection.close();
  }
}
