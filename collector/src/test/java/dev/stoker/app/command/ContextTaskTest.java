package dev.stoker.app.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whatever goes wrong in what a command does, the command ends. */
@Timeout(30)
class ContextTaskTest {
  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void close() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  @Test
  void result_isReturned() throws Exception {
    assertThat(
            ContextTask.<String>run(vertx, 10_000, timers -> Future.succeededFuture("what came")))
        .isEqualTo("what came");
  }

  @Test
  void whatIsThrownAtTheBeginning_endsTheWait() {
    assertThatThrownBy(
            () ->
                ContextTask.<String>run(
                    vertx,
                    10_000,
                    timers -> {
                      throw new IllegalStateException("no scraper of this kind");
                    }))
        .isInstanceOf(CompletionException.class)
        .hasRootCauseMessage("no scraper of this kind");
  }

  @Test
  void errorThrownInACallbackThatNobodyAwaits_endsTheWait() {
    assertThatThrownBy(
            () ->
                ContextTask.<String>run(
                    vertx,
                    10_000,
                    timers -> {
                      timers.after(
                          1,
                          () -> {
                            throw new StackOverflowError("deep");
                          });
                      return Promise.<String>promise().future();
                    }))
        .hasRootCauseInstanceOf(StackOverflowError.class);
  }

  @Test
  void workThatFails_isTold() {
    assertThatThrownBy(
            () -> ContextTask.<String>run(vertx, 10_000, timers -> Future.failedFuture("refused")))
        .hasRootCauseMessage("refused");
  }

  @Test
  void workThatNeverEnds_isGivenUp() {
    assertThatThrownBy(
            () -> ContextTask.<String>run(vertx, 20, timers -> Promise.<String>promise().future()))
        .hasMessageContaining("has not ended within");
  }
}
