package dev.stoker.http.connection;

import dev.stoker.concurrent.Timers;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.AddressResolver;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.client.WebClient;
import io.vertx.ext.web.client.WebClientOptions;
import java.util.List;

/**
 * An HTTP client whose connections are watched: one that has gone silent is left, and the next
 * request opens another, which resolves the name again. All clients are made here. Control context
 * only.
 */
public final class WatchedClient {
  private static final long CLOSE_MILLIS = 5_000;

  /**
   * How long an attempt to connect may take. A request that has passed its own deadline leaves its
   * attempt behind; with the 60 s that Vert.x waits, a host that drops packets would hold a socket
   * of each of them for that long.
   */
  private static final int CONNECT_MILLIS = 10_000;

  private static final int PAUSED_STREAMS = 32;
  private static final int STREAM_WINDOW = 64 << 10;

  /**
   * Vert.x' end of a wait for a connection comes so much later than the caller's. Vert.x 5.2.3
   * never ends the close of a client in whose course such a wait ends (a promise is completed
   * twice), and a close follows a deadline closely at a stop.
   */
  private static final long LATER_MILLIS = 1_000;

  private final Vertx vertx;
  private final Timers timers;
  private final HttpClient client;
  private final WebClient web;
  private final ConnectionWatch watch;

  /**
   * What clients differ in.
   *
   * @param http1 connections to one server over HTTP/1.1 at most
   * @param http2 connections to one server over HTTP/2 at most
   * @param keepAliveSeconds of an idle connection over HTTP/1.1
   * @param gunzip bodies come unpacked
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
    // Vert.x' own resolver would look a name up once, and use the answer for as long as it is in
    // use
    // (5 minutes at most), whatever becomes of the connections. This one leaves the name to the
    // connection, so that each new one looks it up.
    this.client =
        vertx
            .httpClientBuilder()
            .with(clientOptions(options))
            .with(
                new PoolOptions().setHttp1MaxSize(options.http1()).setHttp2MaxSize(options.http2()))
            .withConnectHandler(FirstBytes::watch)
            .withAddressResolver(AddressResolver.<SocketAddress>mappingResolver(List::of))
            .build();
    this.web =
        WebClient.wrap(client, new WebClientOptions().setUserAgentEnabled(false))
            .addInterceptor(RequestSteps::intercept);
    this.watch = new ConnectionWatch(timers, options.kept());
  }

  /** https may agree on HTTP/2, http is HTTP/1.1 unless a request's options say otherwise. */
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

  /** For the exchange alone, which keeps its bounds. */
  public WebClient web() {
    return web;
  }

  public Timers timers() {
    return timers;
  }

  /**
   * A request is about to be opened.
   *
   * @param options their connect time-out, if they have one, is the deadline at which the caller
   *     ends the request itself; changed here
   */
  public void opening(RequestOptions options) {
    if (options.getConnectTimeout() >= 0) {
      options.setConnectTimeout(options.getConnectTimeout() + LATER_MILLIS);
    }
  }

  /** A request has been opened, with nothing sent yet. */
  public void opened(HttpClientRequest request, RequestOptions options) {
    String origin =
        (options.getServer() == null ? options.getHost() : options.getServer().toString())
            + ":"
            + options.getPort();
    watch.watch(request, origin, vertx.getOrCreateContext());
    InterimAnswers.bound(request);
  }

  /** How many are open. From any thread. */
  public int connections() {
    return watch.connections();
  }

  /** Ends within 5 s, whatever Vert.x still waits for. */
  public Future<Void> close() {
    Promise<Void> closed = Promise.promise();
    Timers.Cancellable patience = timers.after(CLOSE_MILLIS, closed::tryComplete);
    client
        .close()
        .onComplete(
            ended -> {
              patience.cancel();
              closed.tryComplete();
            });
    return closed.future();
  }
}
