package dev.stoker.app.run;

import dev.stoker.admin.server.CannotListen;
import io.vertx.core.Deployable;
import io.vertx.core.Vertx;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Start and stop of the daemon, seen from the main thread. The only wait without a limit is the one
 * for the signal: a signal counts while the daemon starts too, and a start that takes long says
 * what it is at.
 */
public final class Lifetime {
  private static final Logger log = LoggerFactory.getLogger("dev.stoker.app.Stoker");

  /** How the daemon has ended. */
  public enum End {
    /** It stopped in good order. */
    STOPPED,
    /** It could not start. */
    NOT_STARTED,
    /** Not in good order, or not within the limit. */
    CUT
  }

  private final Vertx vertx;
  private final CompletableFuture<Void> signal;
  private final long stopMillis;
  private final long warnMillis;

  /**
   * @param signal completes when the daemon is asked to stop
   * @param stopMillis what may pass from there to the end
   * @param warnMillis a start that takes longer is told, again after each such time
   */
  public Lifetime(Vertx vertx, CompletableFuture<Void> signal, long stopMillis, long warnMillis) {
    this.vertx = vertx;
    this.signal = signal;
    this.stopMillis = stopMillis;
    this.warnMillis = warnMillis;
  }

  /**
   * Blocks until the daemon has ended.
   *
   * @param doing what a start that is not done is at, for people
   * @param started called after the start, unless the daemon is asked to stop before
   */
  public End run(Deployable daemon, Supplier<String> doing, Runnable started)
      throws InterruptedException {
    CompletableFuture<String> starting =
        vertx.deployVerticle(daemon).toCompletionStage().toCompletableFuture();
    try {
      awaitStart(starting, doing);
      if (!signal.isDone()) {
        started.run();
        signal.get();
      }
    } catch (ExecutionException failed) {
      Throwable cause = failed.getCause();
      log.error(
          "cannot start: {}",
          cause instanceof CannotListen refused ? refused.getMessage() : String.valueOf(cause));
      return End.NOT_STARTED;
    }
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(stopMillis);
    if (starting.isDone()) {
      log.info("stopping: running scrapes end, then what is queued is delivered");
    } else {
      log.atInfo().addKeyValue("at", doing.get()).log("stopping before the start is done");
    }
    return stop(starting, end);
  }

  private void awaitStart(CompletableFuture<String> starting, Supplier<String> doing)
      throws InterruptedException, ExecutionException {
    CompletableFuture<Object> either = CompletableFuture.anyOf(starting, signal);
    long begin = System.nanoTime();
    while (true) {
      try {
        either.get(warnMillis, TimeUnit.MILLISECONDS);
        return;
      } catch (TimeoutException slow) {
        log.atWarn()
            .addKeyValue("seconds", TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begin))
            .addKeyValue("at", doing.get())
            .log("still starting");
      }
    }
  }

  private End stop(CompletableFuture<String> starting, long end) throws InterruptedException {
    try {
      String id = starting.get(end - System.nanoTime(), TimeUnit.NANOSECONDS);
      vertx
          .undeploy(id)
          .toCompletionStage()
          .toCompletableFuture()
          .get(end - System.nanoTime(), TimeUnit.NANOSECONDS);
      log.info("stopped");
      return End.STOPPED;
    } catch (ExecutionException | TimeoutException late) {
      log.atError()
          .addKeyValue("seconds", stopMillis / 1_000)
          .setCause(late)
          .log("did not stop in good order in time");
      return End.CUT;
    }
  }
}
