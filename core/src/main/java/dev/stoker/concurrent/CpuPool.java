package dev.stoker.concurrent;

import io.vertx.core.Future;
import java.util.concurrent.Callable;

/**
 * Threads for CPU-bound work (inflate, delta, conversion). Vert.x's <code>executeBlocking</code> is
 * ordered per context, which with one control context means serial; hence a pool of our own. Its
 * queue needs no bound: callers hold a permit of a byte budget before they submit.
 */
public final class CpuPool implements AutoCloseable {
  private final WorkThreads threads;

  public CpuPool(int threads) {
    this.threads = new WorkThreads(threads, number -> "stoker-cpu-" + number);
  }

  /**
   * Runs the work on a pool thread. The future completes on the caller's context when the caller is
   * on one, else on the pool thread. After {@link #close} it fails.
   */
  public <T> Future<T> submit(Callable<T> work) {
    return threads.submit(work);
  }

  @Override
  public void close() {
    threads.close();
  }
}
