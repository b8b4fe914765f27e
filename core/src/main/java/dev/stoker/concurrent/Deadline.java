package dev.stoker.concurrent;

import org.jspecify.annotations.Nullable;

/**
 * The total time of a piece of work. It does not run while it is paused, as when Stoker itself
 * makes the work wait.
 */
public final class Deadline {
  private final Timers timers;
  private final Runnable passed;
  private Timers.@Nullable Cancellable timer;
  private long leftNanos;
  private long sinceNanos;

  /** Starts at once. */
  public Deadline(Timers timers, long millis, Runnable passed) {
    this.timers = timers;
    this.passed = passed;
    this.leftNanos = millis * 1_000_000;
    resume();
  }

  public void pause() {
    if (timer != null) {
      timer.cancel();
      timer = null;
      leftNanos -= timers.nanoTime() - sinceNanos;
    }
  }

  /** Harmless when it runs. */
  public void resume() {
    if (timer == null) {
      sinceNanos = timers.nanoTime();
      timer = timers.after(Math.max(1, leftNanos / 1_000_000), passed);
    }
  }

  /** What is left of it, 1 at least. */
  public long leftMillis() {
    long run = timer == null ? 0 : timers.nanoTime() - sinceNanos;
    return Math.max(1, (leftNanos - run) / 1_000_000);
  }
}
