package dev.stoker.http.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.stoker.concurrent.ManualTimers;
import dev.stoker.concurrent.Timers;
import dev.stoker.concurrent.VertxTimers;
import dev.stoker.http.client.ClientAccess;
import dev.stoker.http.client.HttpExchange;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class WatchedClientTest {
  private final Vertx vertx = Vertx.vertx();
  private final WatchedClient client =
      new WatchedClient(vertx, new ManualTimers(0), WatchedClient.Options.DEFAULT);

  @AfterEach
  void close() throws Exception {
    vertx.close().await(20, TimeUnit.SECONDS);
  }

  /** Whoever opens a request says its own deadline. */
  @ParameterizedTest
  @ValueSource(longs = {0, 10_000})
  void vertxEndsAWaitForAConnection_aSecondAfterTheDeadline(long deadline) {
    RequestOptions options = new RequestOptions().setConnectTimeout(deadline);
    RequestOptions without = new RequestOptions();

    client.opening(options);
    client.opening(without);

    assertThat(options.getConnectTimeout()).isEqualTo(deadline + 1_000);
    assertThat(without.getConnectTimeout()).isEqualTo(RequestOptions.DEFAULT_CONNECT_TIMEOUT);
  }

  /** Each of two rounds asks five servers: only connections to the first two stay. */
  @ParameterizedTest
  @EnumSource(
      value = HttpVersion.class,
      names = {"HTTP_1_1", "HTTP_2"})
  void connectionsOverTheBound_endWithTheirExchange(HttpVersion version) throws Exception {
    AtomicInteger accepted = new AtomicInteger();
    AtomicInteger open = new AtomicInteger();
    List<HttpServer> servers = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      servers.add(
          vertx
              .createHttpServer()
              .connectionHandler(
                  connection -> {
                    accepted.incrementAndGet();
                    open.incrementAndGet();
                    connection.closeHandler(ignored -> open.decrementAndGet());
                  })
              .requestHandler(request -> request.response().end("answer"))
              .listen(0, "127.0.0.1")
              .await(20, TimeUnit.SECONDS));
    }
    Context control = vertx.getOrCreateContext();
    Timers timers = new VertxTimers(vertx, control);
    WatchedClient bounded =
        on(
            control,
            () ->
                Future.succeededFuture(
                    new WatchedClient(vertx, timers, WatchedClient.Options.DEFAULT.withKept(2))));
    ClientAccess access = ClientAccess.plain(vertx, timers);
    for (int round = 0; round < 2; round++) {
      for (HttpServer server : servers) {
        HttpExchange.Request request =
            new HttpExchange.Request(
                URI.create("http://127.0.0.1:" + server.actualPort()),
                new RequestOptions().setProtocolVersion(version),
                null,
                false,
                10_000);
        HttpExchange.Head head =
            on(
                control,
                () ->
                    HttpExchange.start(
                            bounded, access, request, (from, data) -> Future.succeededFuture())
                        .result());
        assertThat(head.status()).isEqualTo(200);
      }
      await().until(() -> open.get() == 2 && bounded.connections() == 2);
    }
    assertThat(accepted).hasValue(5 + 3);
  }

  private static <T> T on(Context control, Supplier<Future<T>> call) throws Exception {
    Promise<T> promise = Promise.promise();
    control.runOnContext(ignored -> call.get().onComplete(promise));
    return promise.future().await(20, TimeUnit.SECONDS);
  }
}
