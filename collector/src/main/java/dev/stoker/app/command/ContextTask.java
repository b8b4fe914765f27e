package dev.stoker.app.command;

import dev.stoker.concurrent.Timers;
import dev.stoker.concurrent.VertxTimers;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxException;
import java.io.IOException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Runs the work of a command on a context, while the calling thread waits. Whatever is thrown on
 * the way ends the wait, also in a callback that nobody looks at, because a command that hangs says
 * nothing.
 */
final class ContextTask {
  /** Runs on the context. */
  interface Work<T> {
    Future<T> begin(Timers timers) throws Exception;
  }

  /**
   * Blocking. The exception handlers of <code>vertx</code> are this call's.
   *
   * @param millis after which it is given up, so that a file or a server that never answers ends
   *     the command too
   * @throws CompletionException what the work has failed with
   */
  static <T> T run(Vertx vertx, long millis, Work<T> work) throws InterruptedException {
    Promise<T> promise = Promise.promise();
    Context context = vertx.getOrCreateContext();
    vertx.exceptionHandler(thrown -> failed(promise, thrown));
    context.exceptionHandler(thrown -> failed(promise, thrown));
    context.runOnContext(
        ignored -> {
          try {
            work.begin(new VertxTimers(vertx, context))
                .onSuccess(promise::tryComplete)
                .onFailure(promise::tryFail);
          } catch (Throwable thrown) {
            promise.tryFail(thrown);
          }
        });
    try {
      return promise
          .future()
          .toCompletionStage()
          .toCompletableFuture()
          .get(millis, TimeUnit.MILLISECONDS);
    } catch (ExecutionException failed) {
      throw new CompletionException(failed.getCause());
    } catch (TimeoutException late) {
      throw new CompletionException(
          new IOException("it has not ended within " + millis / 1_000 + " s", late));
    }
  }

  private static void failed(Promise<?> promise, Throwable thrown) {
    // A peer's connection that ends where nobody waits for it any more is no failure.
    if (!(thrown instanceof IOException || thrown instanceof VertxException)) {
      promise.tryFail(thrown);
    }
  }

  private ContextTask() {}
}
