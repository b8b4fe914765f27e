package dev.stoker.concurrent;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** Daemon threads that end when idle, with the way back to the caller's context. */
final class WorkThreads {
  private static final long IDLE_SECONDS = 30;

  private final ThreadPoolExecutor executor;

  /**
   * @param name by the thread's number, from 1
   */
  WorkThreads(int threads, IntFunction<String> name) {
    AtomicInteger count = new AtomicInteger();
    this.executor =
        new ThreadPoolExecutor(
            threads,
            threads,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            work -> {
              Thread thread = new Thread(work, name.apply(count.incrementAndGet()));
              thread.setDaemon(true);
              return thread;
            });
    this.executor.allowCoreThreadTimeOut(true);
  }

  <T> Future<T> submit(Callable<T> work) {
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
    } catch (RejectedExecutionException closed) {
      promise.fail(closed);
    }
    return promise.future();
  }

  private static void complete(@Nullable Context context, Runnable step) {
    if (context == null) {
      step.run();
    } else {
      context.runOnContext(ignored -> step.run());
    }
  }

  void execute(Runnable task) {
    executor.execute(task);
  }

  void close() {
    executor.shutdown();
  }
}
