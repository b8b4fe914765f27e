package dev.stoker.http.connection;

import dev.stoker.concurrent.Timers;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.AddressResolver;
import io.vertx.core.net.SocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * An HTTP client whose connections are watched. A connection that has gone silent is closed, and
 * the next request opens another one and resolves the name again. All HTTP clients of Stoker are
 * made here.
 */
public final class WatchedClient {
  private static final long CLOSE_MILLIS = 5_000;

  /**
   * Milliseconds that an attempt to connect may take. A request that has passed its own deadline
   * leaves its attempt behind. Vert.x would wait for 60 s, and a host that drops packets would hold
   * one socket for each attempt for that long.
   */
  private static final int CONNECT_MILLIS = 10_000;

  /**
   * Between two looks for connections that have been idle for too long. Vert.x looks at those of
   * each server, so each second would be often when there are many.
   */
  private static final int CLEANER_MILLIS = 5_000;

  /** Nanoseconds; a shorter wait for a connection says nothing about the server. */
  private static final long WAITED = TimeUnit.SECONDS.toNanos(1);

  private static final int PAUSED_STREAMS = 32;
  private static final int STREAM_WINDOW = 64 << 10;

  /**
   * Milliseconds by which Vert.x ends a wait for a connection later than the caller does. The close
   * of a client never ends in Vert.x 5.2.3 if such a wait ends meanwhile (a promise is completed
   * twice), and when Stoker stops, a close follows a deadline closely.
   */
  private static final long LATER_MILLIS = 1_000;

  private final Vertx vertx;
  private final Timers timers;
  private final ConnectionPools pools;
  private final ConnectionWatch watch;

  /**
   * In what clients differ.
   *
   * @param http1 the most connections to one server over HTTP/1.1
   * @param http2 the most connections to one server over HTTP/2
   * @param keepAliveSeconds seconds after which an idle connection over HTTP/1.1 is closed
   * @param gunzip true if bodies that are packed with gzip come unpacked
   * @param kept connections to all servers together that stay open when nothing is asked; others
   *     end with their exchange
   */
  public record Options(int http1, int http2, int keepAliveSeconds, boolean gunzip, int kept) {
    public static final Options DEFAULT =
        new Options(
            PoolOptions.DEFAULT_MAX_POOL_SIZE,
            PoolOptions.DEFAULT_HTTP2_MAX_POOL_SIZE,
            HttpClientOptions.DEFAULT_KEEP_ALIVE_TIMEOUT,
            true,
            Integer.MAX_VALUE);

    public Options withConnections(int http1, int http2) {
      return new Options(http1, http2, keepAliveSeconds, gunzip, kept);
    }

    public Options withKept(int most) {
      return new Options(http1, http2, keepAliveSeconds, gunzip, most);
    }
  }

  public WatchedClient(Vertx vertx, Timers timers, Options options) {
    this.vertx = vertx;
    this.timers = timers;
    this.pools = new ConnectionPools(() -> make(options), timers);
    this.watch = new ConnectionWatch(timers, options.kept());
  }

  private HttpClient make(Options options) {
    // Vert.x' own resolver would look a name up once, and use the answer for as long as it is in
    // use (5 minutes at most), whatever becomes of the connections. This one leaves the name to
    // the connection, so that each new one looks it up.
    return vertx
        .httpClientBuilder()
        .with(clientOptions(options))
        .with(
            new PoolOptions()
                .setHttp1MaxSize(options.http1())
                .setHttp2MaxSize(options.http2())
                .setCleanerPeriod(CLEANER_MILLIS))
        .withConnectHandler(this::connected)
        .withAddressResolver(AddressResolver.<SocketAddress>mappingResolver(List::of))
        .build();
  }

  /** For https, HTTP/2 may be agreed on; http is HTTP/1.1 unless a request's options differ. */
  private static HttpClientOptions clientOptions(Options options) {
    return new HttpClientOptions()
        .setConnectTimeout(CONNECT_MILLIS)
        .setUseAlpn(true)
        .setProtocolVersion(HttpVersion.HTTP_2)
        .setHttp2ClearTextUpgrade(false)
        // A stream that waits for memory must not stop the others of its connection.
        .setHttp2ConnectionWindowSize(PAUSED_STREAMS * STREAM_WINDOW)
        .setKeepAliveTimeout(options.keepAliveSeconds())
        .setDecompressionSupported(options.gunzip())
        .setTcpNoDelay(true);
  }

  /** A connection is ready for requests. Called on its event loop. */
  private void connected(HttpConnection connection) {
    FirstBytes.watch(connection);
    StreamAllowance.watch(connection, timers);
  }

  /**
   * The pool for a request.
   *
   * @param server scheme, host and port of the URL
   */
  public ConnectionPool pool(String server) {
    timers.control().assertOn();
    return pools.of(server);
  }

  /**
   * A request that may go over HTTP/2 has been given up while it waited for a connection.
   *
   * @param server as it was for {@link #pool}
   * @param began nanoseconds, as {@link Timers#nanoTime} gives them, at which the wait began
   */
  public void gaveUp(String server, long began) {
    if (timers.nanoTime() - began >= WAITED) {
      pools.stuck(server);
    }
  }

  public Timers timers() {
    return timers;
  }

  /**
   * Prepares the options of a request that is about to be opened.
   *
   * @param options their connect time-out, if they have one, is the deadline at which the caller
   *     ends the request itself; it is changed here
   */
  public void opening(RequestOptions options) {
    if (options.getConnectTimeout() >= 0) {
      options.setConnectTimeout(options.getConnectTimeout() + LATER_MILLIS);
    }
  }

  /** Watches a request that has been opened, with nothing sent yet. */
  public void opened(HttpClientRequest request, RequestOptions options) {
    String origin =
        (options.getServer() == null ? options.getHost() : options.getServer().toString())
            + ":"
            + options.getPort();
    watch.watch(request, origin, vertx.getOrCreateContext());
    InterimAnswers.bound(request);
  }

  /** How many connections are open. It may be asked from any thread. */
  public int connections() {
    return watch.connections();
  }

  /** Closes all connections. It ends within 5 s, whatever Vert.x still waits for. */
  public Future<Void> close() {
    Promise<Void> closed = Promise.promise();
    Timers.Cancellable patience = timers.after(CLOSE_MILLIS, closed::tryComplete);
    pools
        .close()
        .onComplete(
            ended -> {
              patience.cancel();
              closed.tryComplete();
            });
    return closed.future();
  }
}
