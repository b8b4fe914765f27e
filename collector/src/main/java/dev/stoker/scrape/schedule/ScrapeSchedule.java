package dev.stoker.scrape.schedule;

import dev.stoker.scrape.target.StableHash;

/**
 * When a loop ticks: at a phase pinned to absolute time, so that it is the same after a restart and
 * spreads targets over the interval (Prometheus' scheme: (hash xor seed) mod interval). Phases are
 * {@link #GRID_MILLIS} apart, so that the process wakes up for some scrapes at once: code and data
 * that one of them brings into the CPU's caches serve the others too. They lie between the full
 * quarters of a second, at which other programs do their regular work. Pure.
 *
 * @param phaseMillis offset of every tick from a multiple of the interval, 0 ≤ phase &lt; interval
 */
public record ScrapeSchedule(long intervalMillis, long phaseMillis) {
  private static final long GRID_MILLIS = 250;

  /** With a shorter interval there would be too few moments to spread targets over. */
  private static final long LEAST_FOR_GRID = 5_000;

  /**
   * @param seed of this instance, so that two instances do not scrape a target at the same moment
   */
  public static ScrapeSchedule of(String key, long intervalMillis, long seed) {
    long grid = intervalMillis < LEAST_FOR_GRID ? 1 : GRID_MILLIS;
    long phase = Long.remainderUnsigned(mix(StableHash.of(key) ^ seed), intervalMillis);
    return new ScrapeSchedule(intervalMillis, (phase - phase % grid + grid / 2) % intervalMillis);
  }

  /** First tick at or after now; the wait is always shorter than the interval. */
  public long firstTick(long nowMillis) {
    return nowMillis + Math.floorMod(phaseMillis - nowMillis, intervalMillis);
  }

  /** First tick later than both; ticks in between have been missed. */
  public long nextTick(long lastTick, long nowMillis) {
    return firstTick(Math.max(lastTick, nowMillis) + 1);
  }

  /** FNV's low bits are weak for keys that differ in their last characters only. */
  private static long mix(long hash) {
    long h = (hash ^ (hash >>> 33)) * 0xff51afd7ed558ccdL;
    return h ^ (h >>> 33);
  }
}
