package dev.stoker.app.memory;

import dev.stoker.component.HeapDemand;
import dev.stoker.config.LoadResult;
import dev.stoker.schema.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Makes a config fit the heap: the queues of its components get what the {@link HeapPlan} has for
 * them, and a warning says what the bounds of the config ask for beyond that.
 */
public final class HeapFit {
  private HeapFit() {}

  /**
   * The config with queues that keep to the plan of such a heap, and a warning when that is less
   * than it asks for.
   *
   * @param file that the warning is of
   */
  public static LoadResult.Loaded start(LoadResult.Loaded loaded, String file, long heap) {
    HeapDemand demand = HeapDemand.of(loaded.config().components());
    HeapPlan plan = HeapPlan.within(heap, demand, MemoryPlan.room());
    List<Problem> warnings = new ArrayList<>(loaded.warnings());
    shortfall(plan, demand, CpuThreads.here())
        .ifPresent(message -> warnings.add(new Problem(file, 0, "", message)));
    return fitted(loaded, plan, demand, warnings);
  }

  /**
   * The same for a reload: bodies, baselines and the others keep what they got at the start, so
   * queues may have what these leave.
   *
   * @param started the plan of this process
   */
  public static LoadResult.Loaded reload(
      LoadResult.Loaded loaded, String file, long heap, HeapPlan started) {
    LoadResult.Loaded fitted = start(loaded, file, heap);
    HeapDemand demand = HeapDemand.of(fitted.config().components());
    long kept = started.sum() - started.queues() - started.diskIndex();
    long free = HeapPlan.usable(heap) - kept;
    // What the start gave to queues may be some bytes more, because each queue has a least size.
    long room = Math.max(free, started.queues() + started.diskIndex());
    double part = part(room, demand.queues() + demand.diskIndex());
    if (part == 1) {
      return fitted;
    }
    HeapPlan plan =
        started.withQueues((long) (demand.queues() * part), (long) (demand.diskIndex() * part));
    List<Problem> warnings = new ArrayList<>(fitted.warnings());
    warnings.add(
        new Problem(
            file,
            0,
            "",
            "the queues of this config get "
                + HeapPlan.mib(plan.queues() + plan.diskIndex())
                + " of the heap and not "
                + HeapPlan.mib(demand.queues() + demand.diskIndex())
                + ", because the rest was shared out when Stoker started; restart it to share the"
                + " memory anew"));
    return fitted(fitted, plan, demand, warnings);
  }

  private static LoadResult.Loaded fitted(
      LoadResult.Loaded loaded, HeapPlan plan, HeapDemand demand, List<Problem> warnings) {
    return new LoadResult.Loaded(
        loaded
            .config()
            .with(
                component ->
                    component.within(
                        part(plan.queues(), demand.queues()),
                        part(plan.diskIndex(), demand.diskIndex()))),
        warnings,
        loaded.notes(),
        loaded.sources());
  }

  private static double part(long share, long demand) {
    return demand == 0 ? 1 : Math.min(1, share / (double) demand);
  }

  /**
   * Says what the bounds of the config allow and the plan does not.
   *
   * @param cpuThreads of the daemon
   */
  static Optional<String> shortfall(HeapPlan plan, HeapDemand demand, int cpuThreads) {
    HeapPlan least = HeapPlan.least(demand);
    List<String> cut = new ArrayList<>();
    note(cut, "profiles in queues in memory (queue.memory)", plan.queues(), least.queues());
    note(
        cut, "what is known of profiles on disk (queue.disk)", plan.diskIndex(), least.diskIndex());
    note(cut, "an inflated profile (max_inflated_size)", plan.inflating(), least.inflating());
    note(cut, "a body (max_body_size)", plan.bodies(), least.bodies());
    return cut.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "its bounds ask for more memory than there is, so each gets a part: "
                + String.join(", ", cut)
                + "; what is over that is refused or dropped, and counted; give the process "
                + HeapPlan.mib(MemoryPlan.toHold(least, cpuThreads))
                + " of memory (the container's limit), or lower these bounds");
  }

  private static void note(List<String> cut, String what, long share, long least) {
    if (share >> 20 < least >> 20) {
      cut.add(what + " " + HeapPlan.mib(share) + " of " + HeapPlan.mib(least));
    }
  }
}
