package dev.stoker.http.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.concurrent.ManualTimers;
import io.vertx.core.Vertx;
import io.vertx.core.http.RequestOptions;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
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
}
