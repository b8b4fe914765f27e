package dev.stoker.concurrent;

import io.vertx.core.Context;
import java.util.concurrent.Executor;

/**
 * The one event-loop context that owns the state of all stages: discovery, scrape loops, queues,
 * reloads. Its tasks run one after the other on one thread, so their state needs no lock. Whoever
 * owns state asks its {@link Timers#control} at the methods by which others come in: a call from
 * another thread is a bug that would corrupt state silently, and fails here instead.
 */
public interface ControlContext extends Executor {
  /** Runs the task on the context later, never inside this call. From any thread. */
  @Override
  void execute(Runnable task);

  /**
   * A comparison of threads: it costs nothing that can be measured.
   *
   * @throws IllegalStateException when the calling thread is not the context's
   */
  void assertOn();

  static ControlContext of(Context context) {
    return new VertxControl(context);
  }
}
