package dev.stoker.concurrent;

import io.vertx.core.Future;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The one thread that does the blocking file I/O of one owner, in the order in which it was asked
 * to. A disk that hangs keeps this thread and no other. The thread ends when it has nothing to do
 * for 30 s and comes back with the next task.
 */
public final class FileThread implements Executor, AutoCloseable {
  private final WorkThreads threads;

  /** Work that has no result. */
  @FunctionalInterface
  public interface Step {
    void run() throws IOException;
  }

  /**
   * @param owner what the files are, such as <code>baselines</code>; the thread is <code>
   *     stoker-files-baselines</code>
   */
  public FileThread(String owner) {
    this.threads = new WorkThreads(1, number -> "stoker-files-" + owner);
  }

  /**
   * Runs the work on the thread. The future completes on the caller's context when the caller is on
   * one, else on the thread itself. After {@link #close} it fails.
   */
  public <T> Future<T> submit(Callable<T> work) {
    return threads.submit(work);
  }

  /** As {@link #submit}. */
  public Future<Void> run(Step step) {
    return threads
        .<@Nullable Void>submit(
            () -> {
              step.run();
              return null;
            })
        .mapEmpty();
  }

  /**
   * @throws java.util.concurrent.RejectedExecutionException after {@link #close}
   */
  @Override
  public void execute(Runnable task) {
    threads.execute(task);
  }

  /** What it was asked to do before is still done. */
  @Override
  public void close() {
    threads.close();
  }
}
