package dev.stoker.store;

import dev.stoker.concurrent.Timers;

/**
 * The wall clock, for the age of what is kept: a step forward holds only when what was kept before
 * it has become old by itself, so that the step makes nothing old. A step back holds at once. One
 * thread.
 */
final class AgeClock {
  /** What NTP slews between two looks is no step. */
  private static final long STEP_MILLIS = 5_000;

  private final Timers timers;
  private long offset;
  private long ahead;
  private long aheadUntil;

  AgeClock(Timers timers) {
    this.timers = timers;
    this.offset = timers.wallMillis() - monotonic();
  }

  /**
   * Unix milliseconds.
   *
   * @param keptMillis how old things may become
   */
  long now(long keptMillis) {
    long wall = timers.wallMillis();
    long monotonic = monotonic();
    long change = wall - monotonic - offset;
    offset = wall - monotonic;
    if (change > STEP_MILLIS) {
      ahead += change;
      aheadUntil = monotonic + keptMillis;
    } else if (change < 0) {
      ahead = Math.max(0, ahead + change);
    }
    if (monotonic >= aheadUntil) {
      ahead = 0;
    }
    return wall - ahead;
  }

  private long monotonic() {
    return timers.nanoTime() / 1_000_000;
  }
}
