package dev.stoker.app.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Start and stop as the main thread sees them. */
@Timeout(30)
class LifetimeTest {
  private final Vertx vertx = Vertx.vertx();
  private final CompletableFuture<Void> signal = new CompletableFuture<>();
  private final Promise<Void> start = Promise.promise();
  private final Promise<Void> stop = Promise.promise();
  private final CountDownLatch asked = new CountDownLatch(1);
  private boolean started;

  private final class Daemon extends VerticleBase {
    @Override
    public Future<?> start() {
      return start.future();
    }

    @Override
    public Future<?> stop() {
      return stop.future();
    }
  }

  @AfterEach
  void close() throws Exception {
    stop.tryComplete();
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  private Lifetime.End run(long stopMillis) throws InterruptedException {
    return new Lifetime(vertx, signal, stopMillis, 20)
        .run(
            new Daemon(),
            () -> {
              asked.countDown();
              return "reading files";
            },
            () -> {
              started = true;
              signal.complete(null);
            });
  }

  @Test
  void stopInGoodOrder_endsWell() throws Exception {
    start.complete();
    stop.complete();
    assertThat(run(10_000)).isEqualTo(Lifetime.End.STOPPED);
    assertThat(started).isTrue();
  }

  @Test
  void stopThatHangs_isCut() throws Exception {
    start.complete();
    assertThat(run(50)).isEqualTo(Lifetime.End.CUT);
  }

  @Test
  void startThatFails_isTold() throws Exception {
    start.fail("the port is taken");
    assertThat(run(10_000)).isEqualTo(Lifetime.End.NOT_STARTED);
    assertThat(started).isFalse();
  }

  @Test
  void signalWhileTheStartHangs_endsIt() throws Exception {
    signal.complete(null);
    assertThat(run(50)).isEqualTo(Lifetime.End.CUT);
    assertThat(started).isFalse();
  }

  @Test
  void signalDuringTheStart_stopsInGoodOrderOnceItIsDone() throws Exception {
    signal.complete(null);
    stop.complete();
    vertx.setTimer(50, ignored -> start.complete());
    assertThat(run(10_000)).isEqualTo(Lifetime.End.STOPPED);
    assertThat(started).isFalse();
  }

  @Test
  void startThatTakesLong_saysWhatItIsAt() throws Exception {
    stop.complete();
    Thread main =
        new Thread(
            () -> {
              try {
                asked.await();
              } catch (InterruptedException over) {
                return;
              }
              start.complete();
            });
    main.start();
    assertThat(run(10_000)).isEqualTo(Lifetime.End.STOPPED);
    main.join();
    assertThat(started).isTrue();
  }
}
