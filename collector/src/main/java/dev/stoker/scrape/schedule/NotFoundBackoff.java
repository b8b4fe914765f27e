package dev.stoker.scrape.schedule;

import dev.stoker.scrape.fetch.Outcome;

/**
 * Asks for a path that a target does not serve less and less often, up to every ten minutes,
 * instead of on every tick. Alloy asks on every tick, which its users call "404 noise".
 */
public final class NotFoundBackoff {
  private static final int PATIENCE = 3;
  private static final long MAX_MILLIS = 600_000;

  private final long maxTicks;
  private int inARow;
  private long ticksToSkip;

  public NotFoundBackoff(long intervalMillis) {
    this.maxTicks = Math.max(1, MAX_MILLIS / intervalMillis);
  }

  /** Called on each tick: true = leave this one out. */
  public boolean skip() {
    if (ticksToSkip > 0) {
      ticksToSkip--;
      return true;
    }
    return false;
  }

  public void record(Outcome outcome) {
    if (outcome != Outcome.NOT_FOUND) {
      inARow = 0;
      return;
    }
    inARow++;
    if (inARow >= PATIENCE) {
      int doublings = Math.min(inARow - PATIENCE + 1, 40);
      ticksToSkip = Math.min(maxTicks, 1L << doublings) - 1;
    }
  }
}
