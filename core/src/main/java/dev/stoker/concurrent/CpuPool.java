package dev.stoker.concurrent;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Threads for CPU-bound work (inflate, delta, conversion). Vert.x's <code>executeBlocking</code> is
 * ordered per context, which with one control context means serial; hence a pool of our own. Its
 * queue needs no bound: callers hold a permit of a byte budget before they submit.
 */
public final class CpuPool implements AutoCloseable {
  private static final long IDLE_SECONDS = 30;

  private final ThreadPoolExecutor executor;

  public CpuPool(int threads) {
    AtomicInteger count = new AtomicInteger();
    this.executor =
        new ThreadPoolExecutor(
            threads,
            threads,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            work -> {
              Thread thread = new Thread(work, "stoker-cpu-" + count.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    this.executor.allowCoreThreadTimeOut(true);
  }

  /**
   * Runs the work on a pool thread. The future completes on the caller's context when the caller is
   * on one, else on the pool thread. After {@link #close} it fails.
   */
  public <T> Future<T> submit(Callable<T> work) {
    Context context = Vertx.currentContext();
    Promise<T> promise = Promise.promise();
    Runnable task =
        () -> {
          try {
            T result = work.call();
            complete(context, () -> promise.complete(result));
          } catch (Throwable failure) {
            complete(context, () -> promise.fail(failure));
          }
        };
    try {
      executor.execute(task);
    } catch (java.util.concurrent.RejectedExecutionException closed) {
      promise.fail(closed);
    }
    return promise.future();
  }

  private static void complete(@org.jspecify.annotations.Nullable Context context, Runnable step) {
    if (context == null) {
      step.run();
    } else {
      context.runOnContext(ignored -> step.run());
    }
  }

  @Override
  public void close() {
    executor.shutdown();
  }
}
