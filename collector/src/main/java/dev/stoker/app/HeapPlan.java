package dev.stoker.app;

import dev.stoker.config.LoadedConfig;

/**
 * The one place that hands out the bytes of the heap: each part that holds profiles gets a share,
 * and the shares and the {@link #BASE} together fit the heap. A share is a bound for the part that
 * has it; what does not fit into it is refused there, with a reason.
 *
 * @param bodies of all scrapes in flight, as they come over the wire
 * @param inflating what all CPU threads may hold at once for inflated profiles, growing arrays
 *     included
 * @param baselines of all cumulative profiles
 * @param queues memory lanes of all endpoints, with what is on its way to and from the disk
 * @param diskIndex what all endpoints know of the profiles in their files
 * @param recent the last profiles, for the pages when there is no store
 */
record HeapPlan(
    long bodies, long inflating, long baselines, long queues, long diskIndex, long recent) {
  /**
   * The daemon itself: classes' data, labels and statuses of thousands of loops, connections, and
   * what a garbage collection needs to stay rare.
   */
  static final long BASE = 72L << 20;

  private static final HeapPlan LEAST_WISH =
      new HeapPlan(64L << 20, 256L << 20, 96L << 20, 0, 0, 16L << 20);

  /**
   * What makes everything comfortable.
   *
   * @param room the container's limit, or the machine's memory: the more, the more baselines
   */
  static HeapPlan wish(HeapDemand demand, long room) {
    return new HeapPlan(
        Math.max(LEAST_WISH.bodies, 2 * demand.maxBody()),
        Math.max(LEAST_WISH.inflating, 2 * demand.maxInflated()),
        Math.min(Math.max(LEAST_WISH.baselines, room / 4), 1L << 30),
        demand.queues(),
        demand.diskIndex(),
        LEAST_WISH.recent);
  }

  /** What the bounds of the config come to: with less, something they allow is refused. */
  static HeapPlan least(HeapDemand demand) {
    return new HeapPlan(
        Math.max(24L << 20, demand.maxBody()),
        // The array, and the half as large one that it grew out of.
        Math.max(32L << 20, demand.maxInflated() / 2 * 3),
        32L << 20,
        demand.queues(),
        Math.min(demand.diskIndex(), 8L << 20),
        4L << 20);
  }

  /**
   * The shares of a heap. When it holds less than the wishes, what is over the least is cut in
   * proportion; when it holds less than that, the least is.
   *
   * @param heap bytes that the JVM's heap may have
   */
  static HeapPlan within(long heap, HeapDemand demand, long room) {
    HeapPlan wish = wish(demand, room);
    HeapPlan least = least(demand);
    long usable = Math.max(0, heap - BASE);
    if (usable < least.sum()) {
      return NOTHING.towards(least, usable / (double) least.sum());
    }
    double share = (usable - least.sum()) / (double) Math.max(1, wish.sum() - least.sum());
    HeapPlan plan = least.towards(wish, Math.min(1, share));
    // Of a larger heap than wished for, a quarter stays free for the garbage collector.
    return plan.withBaselines(plan.baselines + Math.max(0, usable - wish.sum()) / 4 * 3);
  }

  /** The shares in this JVM's heap. */
  static HeapPlan here(LoadedConfig config) {
    return within(
        Runtime.getRuntime().maxMemory(), HeapDemand.of(config), Runtime.getRuntime().maxMemory());
  }

  private static final HeapPlan NOTHING = new HeapPlan(0, 0, 0, 0, 0, 0);

  /** Bytes of heap that this plan takes. */
  long heap() {
    return BASE + sum();
  }

  private long sum() {
    return bodies + inflating + baselines + queues + diskIndex + recent;
  }

  private HeapPlan withBaselines(long bytes) {
    return new HeapPlan(bodies, inflating, bytes, queues, diskIndex, recent);
  }

  /**
   * @param share 0 = this one, 1 = the other
   */
  private HeapPlan towards(HeapPlan other, double share) {
    return new HeapPlan(
        between(bodies, other.bodies, share),
        between(inflating, other.inflating, share),
        between(baselines, other.baselines, share),
        between(queues, other.queues, share),
        between(diskIndex, other.diskIndex, share),
        between(recent, other.recent, share));
  }

  private static long between(long from, long to, double share) {
    return from + (long) ((to - from) * share);
  }
}
