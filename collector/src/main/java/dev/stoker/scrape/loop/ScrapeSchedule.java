package dev.stoker.scrape.loop;

import dev.stoker.scrape.target.StableHash;

/**
 * When a loop ticks: at a phase pinned to absolute time, so that it is the same after a restart and
 * spreads targets over the interval (Prometheus' scheme: (hash xor seed) mod interval). Pure.
 *
 * @param phaseMillis offset of every tick from a multiple of the interval, 0 ≤ phase &lt; interval
 */
record ScrapeSchedule(long intervalMillis, long phaseMillis) {
  /**
   * @param seed of this instance, so that two instances do not scrape a target at the same moment
   */
  static ScrapeSchedule of(String key, long intervalMillis, long seed) {
    return new ScrapeSchedule(
        intervalMillis, Long.remainderUnsigned(mix(StableHash.of(key) ^ seed), intervalMillis));
  }

  /** First tick at or after now; the wait is always shorter than the interval. */
  long firstTick(long nowMillis) {
    return nowMillis + Math.floorMod(phaseMillis - nowMillis, intervalMillis);
  }

  /** First tick later than both; ticks in between have been missed. */
  long nextTick(long lastTick, long nowMillis) {
    return firstTick(Math.max(lastTick, nowMillis) + 1);
  }

  /** FNV's low bits are weak for keys that differ in their last characters only. */
  private static long mix(long hash) {
    long h = (hash ^ (hash >>> 33)) * 0xff51afd7ed558ccdL;
    return h ^ (h >>> 33);
  }
}
