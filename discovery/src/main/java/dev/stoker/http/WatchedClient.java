package dev.stoker.http;

import dev.stoker.concurrent.Timers;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.AddressResolver;
import io.vertx.core.net.SocketAddress;
import java.util.List;

/**
 * An HTTP client whose connections are watched: one that has gone silent is left, and the next
 * request opens another, which resolves the name again. All clients are made here. Control context
 * only.
 */
public final class WatchedClient {
  private final Vertx vertx;
  private final HttpClient client;
  private final ConnectionWatch watch;

  /**
   * @param options begun with {@link HttpSettings#clientOptions}
   */
  public WatchedClient(Vertx vertx, Timers timers, HttpClientOptions options, PoolOptions pool) {
    this.vertx = vertx;
    // Vert.x' own resolver would look a name up once, and use the answer for as long as it is in
    // use
    // (5 minutes at most), whatever becomes of the connections. This one leaves the name to the
    // connection, so that each new one looks it up.
    this.client =
        vertx
            .httpClientBuilder()
            .with(options)
            .with(pool)
            .withConnectHandler(FirstBytes::watch)
            .withAddressResolver(AddressResolver.<SocketAddress>mappingResolver(List::of))
            .build();
    this.watch = new ConnectionWatch(timers);
  }

  Future<HttpClientRequest> request(RequestOptions options) {
    Context control = vertx.getOrCreateContext();
    String origin =
        (options.getServer() == null ? options.getHost() : options.getServer().toString())
            + ":"
            + options.getPort();
    return client
        .request(options)
        .onSuccess(
            opened -> {
              watch.watch(opened, origin, control);
              InterimAnswers.bound(opened);
            });
  }

  public Future<Void> close() {
    return client.close();
  }
}
