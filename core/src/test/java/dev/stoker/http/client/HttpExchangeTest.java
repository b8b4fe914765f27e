package dev.stoker.http.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.concurrent.ManualTimers;
import dev.stoker.http.connection.WatchedClient;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.RequestOptions;
import java.net.URI;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is left of an exchange that has ended, on a real socket. */
class HttpExchangeTest {
  private final Vertx vertx = Vertx.vertx();
  private final ManualTimers timers = new ManualTimers(0);
  private final WatchedClient client =
      new WatchedClient(vertx, timers, WatchedClient.Options.DEFAULT);

  @AfterEach
  void close() throws Exception {
    vertx.close().await(20, TimeUnit.SECONDS);
  }

  /** A deadline that runs on would keep the request and its body until it passes. */
  @Test
  void wholeAnswer_leavesNoDeadlineBehind() throws Exception {
    HttpServer server =
        vertx
            .createHttpServer()
            .requestHandler(request -> request.response().end("answer"))
            .listen(0, "127.0.0.1")
            .await(20, TimeUnit.SECONDS);
    ClientAccess settings = ClientAccess.plain(vertx, timers);
    int before = timers.pending();

    HttpExchange.Head head =
        HttpExchange.start(
                client,
                settings,
                new HttpExchange.Request(
                    URI.create("http://127.0.0.1:" + server.actualPort()),
                    new RequestOptions(),
                    Buffer.buffer("body"),
                    false,
                    10_000),
                (exchange, data) -> Future.succeededFuture())
            .result()
            .await(20, TimeUnit.SECONDS);

    assertThat(head.status()).isEqualTo(200);
    assertThat(timers.pending()).isEqualTo(before);
  }
}
