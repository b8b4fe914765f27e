package dev.stoker.http.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.concurrent.ManualTimers;
import dev.stoker.http.client.ClientAccess;
import dev.stoker.http.client.HttpExchange;
import dev.stoker.http.connection.Http2Server.Mood;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import java.net.URI;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Servers of HTTP/2 whose connections are open and of no use. Every client of Stoker, for scrapes,
 * pushes and all the others, is a {@link WatchedClient}. Time is manual.
 */
class Http2ConnectionsTest {
  private static final long DEADLINE_MILLIS = 10_000;

  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final ManualTimers timers = new ManualTimers(0);
  private final WatchedClient client =
      new WatchedClient(vertx, timers, WatchedClient.Options.DEFAULT);

  @AfterEach
  void close() throws Exception {
    vertx.close().await(20, TimeUnit.SECONDS);
  }

  @ParameterizedTest
  @EnumSource(value = Mood.class, names = "GOOD", mode = EnumSource.Mode.EXCLUDE)
  void connectionThatIsOfNoUse_isLeft_andTheNextTryOpensAnother(Mood mood) throws Exception {
    try (Http2Server server = new Http2Server(mood)) {
      lose(server);

      server.turn(Mood.GOOD);
      assertThat(begin(server).await(20, TimeUnit.SECONDS)).isEqualTo(200);
      // The first connection, perhaps one that the lost request had begun to open, and this one.
      int opened = server.accepted();
      assertThat(opened).isBetween(2, 3);
      assertThat(begin(server).await(20, TimeUnit.SECONDS)).isEqualTo(200);
      assertThat(server.accepted()).isEqualTo(opened);
    }
  }

  /** A server that leaves its connections open does not keep ours. */
  @ParameterizedTest
  @EnumSource(names = {"GOAWAY_AT_ONCE", "GOAWAY_FOR_ANSWER"})
  void connectionThatIsGivenNotice_isClosed(Mood mood) throws Exception {
    try (Http2Server server = new Http2Server(mood)) {
      lose(server);
      Awaitility.await()
          .until(
              () -> {
                pass(1_000);
                return server.open() == 0;
              });
      assertThat(server.accepted()).isEqualTo(1);
    }
  }

  @Test
  void serverThatNeverSpeaks_costsNoMoreThanSomeConnections_andIsReachedOnceItDoes()
      throws Exception {
    try (Http2Server server = new Http2Server(Mood.NO_SETTINGS)) {
      for (int i = 0; i < 10; i++) {
        lose(server);
        pass(30_000);
      }
      // The connection of the first pool, and that of the last second one.
      Awaitility.await().until(() -> server.open() <= 2);
      assertThat(server.accepted()).isBetween(5, 11);

      server.turn(Mood.GOOD);
      assertThat(begin(server).await(20, TimeUnit.SECONDS)).isEqualTo(200);
    }
  }

  /** Sends a request that fails, at its deadline at the latest. */
  private void lose(Http2Server server) throws Exception {
    int before = server.accepted();
    Future<Integer> lost = begin(server);
    Awaitility.await().until(() -> server.accepted() > before || lost.isComplete());
    Awaitility.await()
        .until(
            () -> {
              pass(1_000);
              return lost.isComplete();
            });
    assertThat(lost.failed()).isTrue();
  }

  private Future<Integer> begin(Http2Server server) {
    RequestOptions options =
        new RequestOptions()
            .setProtocolVersion(HttpVersion.HTTP_2)
            .setConnectTimeout(DEADLINE_MILLIS);
    HttpExchange.Request request =
        new HttpExchange.Request(
            URI.create("http://127.0.0.1:" + server.port() + "/p"),
            options,
            null,
            true,
            DEADLINE_MILLIS);
    return on(
        () ->
            HttpExchange.start(
                    client,
                    ClientAccess.plain(vertx, timers),
                    request,
                    (exchange, data) -> Future.succeededFuture())
                .result()
                .map(HttpExchange.Head::status));
  }

  private void pass(long millis) throws Exception {
    on(() -> {
          timers.advance(millis);
          return Future.succeededFuture();
        })
        .await(20, TimeUnit.SECONDS);
  }

  private <T> Future<T> on(Supplier<Future<T>> call) {
    Promise<T> promise = Promise.promise();
    context.runOnContext(ignored -> call.get().onComplete(promise));
    return promise.future();
  }
}
