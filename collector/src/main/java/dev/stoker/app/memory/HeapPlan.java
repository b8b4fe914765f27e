package dev.stoker.app.memory;

import dev.stoker.component.HeapDemand;
import dev.stoker.config.LoadedConfig;
import dev.stoker.pprof.Giants;
import java.util.List;
import org.slf4j.Logger;

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
 * @param discovered objects and labels of all that is discovered
 * @param loops what the loops of all targets keep, without baselines and bodies
 * @param connections to targets, but for those that loops keep busy
 * @param answers of the admin server that clients have not read yet, all but the largest one
 */
public record HeapPlan(
    long bodies,
    long inflating,
    long baselines,
    long queues,
    long diskIndex,
    long recent,
    long discovered,
    long loops,
    long connections,
    long answers) {
  /**
   * The daemon itself: classes' data, the largest answer of the admin server, and what a garbage
   * collection needs to stay rare.
   */
  static final long BASE = 28L << 20;

  /** 20,000 pods that are no targets take it: what most clusters have. */
  private static final long LEAST_DISCOVERED = 32L << 20;

  /** For 500 pods with five profile types each. */
  private static final long LEAST_LOOPS = 20L << 20;

  /** For 1,000 such pods: what comes first when there is more than the least. */
  private static final long ENOUGH_LOOPS = 36L << 20;

  /** About 300 connections, half of them for scrapes that are under way. */
  private static final long LEAST_CONNECTIONS = 4L << 20;

  private static final long ENOUGH_CONNECTIONS = 8L << 20;

  /** Many small answers, or a few pages of a large cluster. */
  private static final long ANSWERS = 8L << 20;

  private static final HeapPlan LEAST_WISH =
      new HeapPlan(
          64L << 20,
          256L << 20,
          96L << 20,
          0,
          0,
          16L << 20,
          64L << 20,
          64L << 20,
          24L << 20,
          ANSWERS);

  /**
   * The sizes with which nothing is refused and nothing is slow.
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
        LEAST_WISH.recent,
        Math.min(Math.max(LEAST_WISH.discovered, room / 16), 256L << 20),
        Math.min(Math.max(LEAST_WISH.loops, room / 16), 256L << 20),
        LEAST_WISH.connections,
        ANSWERS);
  }

  /**
   * The sizes that the bounds of the config add up to. With less, something that they allow is
   * refused.
   */
  static HeapPlan least(HeapDemand demand) {
    return new HeapPlan(
        // While one that is as large as it may be is read, another is worked on.
        Math.max(32L << 20, 2 * demand.maxBody()),
        // One that is as large as it may be, and what the other CPU threads work on.
        Math.max(32L << 20, demand.maxInflated() + 2 * Giants.GROWTH),
        28L << 20,
        demand.queues(),
        demand.diskIndex(),
        4L << 20,
        LEAST_DISCOVERED,
        LEAST_LOOPS,
        LEAST_CONNECTIONS,
        ANSWERS);
  }

  /**
   * The least, and loops for as many targets as a heap of the usual size can feed: more room for
   * these is worth more than room for more profiles at the same time.
   */
  private static HeapPlan enough(HeapPlan least) {
    return new HeapPlan(
        least.bodies,
        least.inflating,
        least.baselines,
        least.queues,
        least.diskIndex,
        least.recent,
        least.discovered,
        ENOUGH_LOOPS,
        ENOUGH_CONNECTIONS,
        least.answers);
  }

  /**
   * The shares of a heap. When it holds less than the wishes, what is over the {@link #enough} is
   * cut in proportion, then what is over the least, and then the least is.
   *
   * @param heap bytes that the JVM's heap may have
   */
  static HeapPlan within(long heap, HeapDemand demand, long room) {
    HeapPlan least = least(demand);
    long usable = usable(heap);
    HeapPlan plan = NOTHING;
    for (HeapPlan next : List.of(least, enough(least), wish(demand, room))) {
      double share = (usable - plan.sum()) / (double) Math.max(1, next.sum() - plan.sum());
      if (share < 1) {
        return plan.towards(next, share);
      }
      plan = next;
    }
    // Of a larger heap than wished for, a quarter stays free for the garbage collector.
    return plan.withBaselines(plan.baselines + (usable - plan.sum()) / 4 * 3);
  }

  /**
   * The shares in this JVM's heap, for a config as it is written, so before {@link HeapFit#start}.
   */
  public static HeapPlan here(LoadedConfig config) {
    return within(
        Runtime.getRuntime().maxMemory(), HeapDemand.of(config.components()), MemoryPlan.room());
  }

  private static final HeapPlan NOTHING = new HeapPlan(0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

  static String mib(long bytes) {
    return (bytes >> 20) + " MiB";
  }

  /** The same shares, but for those of the queues. */
  HeapPlan withQueues(long queueBytes, long indexBytes) {
    return new HeapPlan(
        bodies,
        inflating,
        baselines,
        queueBytes,
        indexBytes,
        recent,
        discovered,
        loops,
        connections,
        answers);
  }

  /** Bytes of a heap that profiles, targets and answers may take together. */
  static long usable(long heap) {
    // In a heap hardly larger than the base, parts of it are for profiles all the same.
    return Math.max(heap / 4, heap - BASE);
  }

  /** Once, at the start. */
  public void log(Logger log) {
    log.atInfo()
        .addKeyValue("heap", mib(Runtime.getRuntime().maxMemory()))
        .addKeyValue("bodies", mib(bodies))
        .addKeyValue("inflating", mib(inflating))
        .addKeyValue("baselines", mib(baselines))
        .addKeyValue("queues", mib(queues))
        .addKeyValue("disk_index", mib(diskIndex))
        .addKeyValue("recent", mib(recent))
        .addKeyValue("discovered", mib(discovered))
        .addKeyValue("loops", mib(loops))
        .addKeyValue("connections", mib(connections))
        .addKeyValue("answers", mib(answers))
        .log("the heap is shared out");
  }

  /** Bytes of a share, by the name that components ask for it by. */
  public long share(String name) {
    return switch (name) {
      case "bodies" -> bodies;
      case "inflating" -> inflating;
      case "baselines" -> baselines;
      case "recent" -> recent;
      case "discovered" -> discovered;
      case "loops" -> loops;
      case "connections" -> connections;
      case "answers" -> answers;
      default -> throw new IllegalArgumentException("the heap plan has no share " + name);
    };
  }

  /** Bytes of heap that this plan takes. */
  long heap() {
    return BASE + sum();
  }

  /** Bytes of all shares. */
  long sum() {
    return bodies
        + inflating
        + baselines
        + queues
        + diskIndex
        + recent
        + discovered
        + loops
        + connections
        + answers;
  }

  private HeapPlan withBaselines(long bytes) {
    return new HeapPlan(
        bodies,
        inflating,
        bytes,
        queues,
        diskIndex,
        recent,
        discovered,
        loops,
        connections,
        answers);
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
        between(recent, other.recent, share),
        between(discovered, other.discovered, share),
        between(loops, other.loops, share),
        between(connections, other.connections, share),
        between(answers, other.answers, share));
  }

  private static long between(long from, long to, double share) {
    return from + (long) ((to - from) * share);
  }
}
