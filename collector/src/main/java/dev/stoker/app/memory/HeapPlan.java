package dev.stoker.app.memory;

import dev.stoker.component.HeapDemand;
import dev.stoker.config.LoadResult;
import dev.stoker.config.LoadedConfig;
import dev.stoker.schema.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
        Math.max(16L << 20, demand.maxBody()),
        // The array, and the half as large one that it grew out of.
        Math.max(32L << 20, demand.maxInflated() / 2 * 3),
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
    // In a heap hardly larger than the base, parts of it are for profiles all the same.
    long usable = Math.max(heap / 4, heap - BASE);
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

  /** The shares in this JVM's heap, for a config as it is written, so before {@link #fit}. */
  public static HeapPlan here(LoadedConfig config) {
    return within(
        Runtime.getRuntime().maxMemory(), HeapDemand.of(config.components()), MemoryPlan.room());
  }

  private static final HeapPlan NOTHING = new HeapPlan(0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

  /**
   * The config with queues that keep to the plan of such a heap, and a warning when that is less
   * than it asks for.
   *
   * @param file that the warning is of
   */
  public static LoadResult.Loaded fit(LoadResult.Loaded loaded, String file, long heap) {
    HeapDemand demand = HeapDemand.of(loaded.config().components());
    HeapPlan plan = within(heap, demand, MemoryPlan.room());
    List<Problem> warnings = new ArrayList<>(loaded.warnings());
    plan.shortfall(demand, CpuThreads.here())
        .ifPresent(message -> warnings.add(new Problem(file, 0, "", message)));
    return plan.fitted(loaded, demand, warnings);
  }

  /**
   * The same for a reload: bodies, baselines and the others keep what they got at the start, so
   * queues may have what these leave.
   *
   * @param started the plan of this process
   */
  public static LoadResult.Loaded refit(
      LoadResult.Loaded loaded, String file, long heap, HeapPlan started) {
    LoadResult.Loaded fitted = fit(loaded, file, heap);
    HeapDemand demand = HeapDemand.of(fitted.config().components());
    long kept = started.sum() - started.queues - started.diskIndex;
    long free = Math.max(heap / 4, heap - BASE) - kept;
    // What the start gave to queues may be some bytes more, because each queue has a least size.
    long room = Math.max(free, started.queues + started.diskIndex);
    double part = part(room, demand.queues() + demand.diskIndex());
    if (part == 1) {
      return fitted;
    }
    HeapPlan plan =
        new HeapPlan(
            started.bodies,
            started.inflating,
            started.baselines,
            (long) (demand.queues() * part),
            (long) (demand.diskIndex() * part),
            started.recent,
            started.discovered,
            started.loops,
            started.connections,
            started.answers);
    List<Problem> warnings = new ArrayList<>(fitted.warnings());
    warnings.add(
        new Problem(
            file,
            0,
            "",
            "the queues of this config get "
                + mib(plan.queues + plan.diskIndex)
                + " of the heap and not "
                + mib(demand.queues() + demand.diskIndex())
                + ", because the rest was shared out when Stoker started; restart it to share the"
                + " memory anew"));
    return plan.fitted(fitted, demand, warnings);
  }

  private LoadResult.Loaded fitted(
      LoadResult.Loaded loaded, HeapDemand demand, List<Problem> warnings) {
    return new LoadResult.Loaded(
        loaded
            .config()
            .with(
                component ->
                    component.within(
                        part(queues, demand.queues()), part(diskIndex, demand.diskIndex()))),
        warnings,
        loaded.notes(),
        loaded.sources());
  }

  private static double part(long share, long demand) {
    return demand == 0 ? 1 : Math.min(1, share / (double) demand);
  }

  /**
   * Says what the bounds of the config allow and this plan does not.
   *
   * @param cpuThreads of the daemon
   */
  Optional<String> shortfall(HeapDemand demand, int cpuThreads) {
    HeapPlan least = least(demand);
    List<String> cut = new ArrayList<>();
    cut(cut, "profiles in queues in memory (queue.memory)", queues, least.queues);
    cut(cut, "what is known of profiles on disk (queue.disk)", diskIndex, least.diskIndex);
    cut(cut, "an inflated profile (max_inflated_size)", inflating, least.inflating);
    cut(cut, "a body (max_body_size)", bodies, least.bodies);
    return cut.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "its bounds ask for more memory than there is, so each gets a part: "
                + String.join(", ", cut)
                + "; what is over that is refused or dropped, and counted; give the process "
                + mib(MemoryPlan.toHold(least, cpuThreads))
                + " of memory (the container's limit), or lower these bounds");
  }

  private static void cut(List<String> cut, String what, long share, long least) {
    if (share >> 20 < least >> 20) {
      cut.add(what + " " + mib(share) + " of " + mib(least));
    }
  }

  private static String mib(long bytes) {
    return (bytes >> 20) + " MiB";
  }

  /** Once, at the start. */
  public void log(Logger log) {
    log.atInfo()
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
        .log("the heap of {} is shared out", mib(Runtime.getRuntime().maxMemory()));
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

  private long sum() {
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
