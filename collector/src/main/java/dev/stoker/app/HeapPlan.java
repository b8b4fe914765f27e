package dev.stoker.app;

import dev.stoker.write.QueueConfig;

/**
 * The JVM's heap limit follows from the configured bounds. A limit, not a footprint: the heap grows
 * only as far as it is used.
 *
 * @param queues bytes that all queues may take, see {@link #queue}
 * @param maxInflated largest inflated profile that a scrape component allows
 */
record HeapPlan(long queues, long maxInflated) {
  /** The daemon itself, delta baselines and statuses of a few thousand loops. */
  private static final long BASE = 160L << 20;

  /** What {@link dev.stoker.scrape.ByteBudget} lets in at once. */
  static final long BODIES_IN_FLIGHT = 64L << 20;

  /** The last profiles, for the pages when there is no store. */
  static final long RECENT_PROFILES = 16L << 20;

  /** A queue without a bound still has to fit on a machine. */
  private static final long UNBOUNDED_QUEUE = 1L << 30;

  /** A disk lane without a bound: as many profiles as 4 GiB hold. */
  private static final long UNBOUNDED_DISK = 4L << 30;

  /** A profile on disk counts as 4 KiB at least, and takes some 120 bytes of heap. */
  private static final long DISK_PER_HEAP = 32;

  /** What one endpoint's queue may take: its memory lane, and what is known of its disk lane. */
  static long queue(QueueConfig queue) {
    long memory = queue.memory() == 0 ? UNBOUNDED_QUEUE : queue.memory();
    if (!queue.disk().enabled()) {
      return memory;
    }
    long disk = queue.disk().bytes() == 0 ? UNBOUNDED_DISK : queue.disk().bytes();
    return memory + QueueConfig.BESIDE_MEMORY + disk / DISK_PER_HEAP;
  }

  /** Each CPU thread may hold one inflated profile and the array that it grew out of. */
  long megabytes(int cpuThreads) {
    long bytes = BASE + queues + BODIES_IN_FLIGHT + RECENT_PROFILES + 2 * maxInflated * cpuThreads;
    return bytes >> 20;
  }
}
