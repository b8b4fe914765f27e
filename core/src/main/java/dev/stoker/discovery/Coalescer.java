package dev.stoker.discovery;

import dev.stoker.concurrent.Timers;

/**
 * Turns many changes into few runs: the first change after some quiet runs after {@link
 * #FIRST_MILLIS}; while changes keep coming the wait doubles up to {@link #BUSY_MILLIS}. A run that
 * takes long makes the wait longer, so that runs take no more than a {@link #SHARE}th of the time,
 * up to {@link #LONGEST_MILLIS}: a rolling restart of a large cluster costs some runs, not
 * thousands, and a change in a small one is seen within a second.
 */
final class Coalescer {
  static final long FIRST_MILLIS = 100;
  static final long BUSY_MILLIS = 400;
  static final long LONGEST_MILLIS = 5_000;
  static final int SHARE = 20;

  private final Timers timers;
  private final Runnable run;
  private long delay = FIRST_MILLIS;
  private long cost;
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
    delay = quiet > 2 * delay ? FIRST_MILLIS : Math.min(2 * delay, BUSY_MILLIS);
    long affordable = Math.min(SHARE * cost, LONGEST_MILLIS);
    waiting = true;
    pending = timers.after(Math.max(delay, affordable - quiet), this::run);
  }

  private void run() {
    waiting = false;
    long began = timers.nanoTime();
    run.run();
    long ended = timers.nanoTime();
    cost = (ended - began) / 1_000_000;
    lastRun = ended / 1_000_000;
  }

  void stop() {
    pending.cancel();
    waiting = true;
  }
}
