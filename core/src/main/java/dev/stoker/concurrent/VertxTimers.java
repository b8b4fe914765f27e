package dev.stoker.concurrent;

import io.vertx.core.Context;
import io.vertx.core.Vertx;

/** {@link Timers} on a Vert.x context; call from that context only. */
public final class VertxTimers implements Timers {
  private final Vertx vertx;
  private final ControlContext control;

  public VertxTimers(Vertx vertx, Context context) {
    this.vertx = vertx;
    this.control = ControlContext.of(context);
  }

  @Override
  public long wallMillis() {
    return System.currentTimeMillis();
  }

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }

  @Override
  public Cancellable after(long delayMillis, Runnable action) {
    Once once = new Once(action);
    if (delayMillis <= 0) {
      control.execute(once::run);
      return once::cancel;
    }
    long id = vertx.setTimer(delayMillis, ignored -> once.run());
    return () -> {
      once.cancel();
      vertx.cancelTimer(id);
    };
  }

  @Override
  public ControlContext control() {
    return control;
  }

  /** Vert.x may already have queued a timer that is cancelled on the same context: check again. */
  private static final class Once {
    private final Runnable action;
    private boolean cancelled;

    Once(Runnable action) {
      this.action = action;
    }

    void run() {
      if (!cancelled) {
        cancelled = true;
        action.run();
      }
    }

    void cancel() {
      cancelled = true;
    }
  }
}
