package dev.stoker.discovery;

import dev.stoker.concurrent.Timers;

/**
 * Turns many changes into few runs: the first change after some quiet runs after {@link
 * #FIRST_MILLIS}; while changes keep coming the wait doubles up to {@link #LONGEST_MILLIS}, so that
 * a rolling restart of a cluster costs some runs, not thousands.
 */
final class Coalescer {
  static final long FIRST_MILLIS = 100;
  static final long LONGEST_MILLIS = 5_000;

  private final Timers timers;
  private final Runnable run;
  private long delay = FIRST_MILLIS;
  private long lastRun = Long.MIN_VALUE / 2;
  private Timers.Cancellable pending = () -> {};
  private boolean waiting;

  Coalescer(Timers timers, Runnable run) {
    this.timers = timers;
    this.run = run;
  }

  void changed() {
    if (waiting) {
      return;
    }
    long quiet = timers.nanoTime() / 1_000_000 - lastRun;
    delay = quiet > 2 * delay ? FIRST_MILLIS : Math.min(2 * delay, LONGEST_MILLIS);
    waiting = true;
    pending = timers.after(delay, this::run);
  }

  private void run() {
    waiting = false;
    lastRun = timers.nanoTime() / 1_000_000;
    run.run();
  }

  void stop() {
    pending.cancel();
    waiting = true;
  }
}
