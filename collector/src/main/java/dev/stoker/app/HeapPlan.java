package dev.stoker.app;

/**
 * The JVM's heap limit follows from the configured bounds. A limit, not a footprint: the heap grows
 * only as far as it is used.
 *
 * @param queues bytes that all memory lanes may hold
 * @param maxInflated largest inflated profile that a scrape component allows
 */
record HeapPlan(long queues, long maxInflated) {
  /** The daemon itself, delta baselines and statuses of a few thousand loops. */
  private static final long BASE = 160L << 20;

  /** What {@link dev.stoker.scrape.ByteBudget} lets in at once. */
  static final long BODIES_IN_FLIGHT = 64L << 20;

  /** A queue without a bound still has to fit on a machine. */
  private static final long UNBOUNDED_QUEUE = 1L << 30;

  static long boundOr(long bound) {
    return bound == 0 ? UNBOUNDED_QUEUE : bound;
  }

  /** Each CPU thread may hold one inflated profile and the array that it grew out of. */
  long megabytes(int cpuThreads) {
    long bytes = BASE + queues + BODIES_IN_FLIGHT + 2 * maxInflated * cpuThreads;
    return bytes >> 20;
  }
}
