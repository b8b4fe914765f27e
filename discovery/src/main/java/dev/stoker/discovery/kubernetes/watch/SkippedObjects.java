package dev.stoker.discovery.kubernetes.watch;

import dev.stoker.concurrent.LogBursts;
import dev.stoker.concurrent.Timers;
import dev.stoker.discovery.DroppedTarget;
import dev.stoker.discovery.TargetBudget;
import dev.stoker.discovery.kubernetes.objects.Skipped;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The objects of one watch that are there and not used: those that make no sense, and those that
 * are looked up and have no room.
 */
final class SkippedObjects {
  private static final Logger log = LoggerFactory.getLogger(KindWatch.class);
  private static final String ODD = "objects of the API cannot be used";

  /** Different reasons that are kept. */
  private static final int MOST_REASONS = 1_000;

  private static final String OTHER_REASON = "it is not of the shape that the API has";

  private final KindWatch.Key key;
  private final TargetBudget budget;
  private final LogBursts bursts;

  /** Why an object makes no sense. */
  private final Map<String, String> odd = new HashMap<>();

  /** Many objects share few of them. */
  private final Map<String, String> reasons = new HashMap<>();

  /** What an object without room would take. */
  private final Map<String, Long> leftOut = new HashMap<>();

  private int nameless;

  SkippedObjects(KindWatch.Key key, TargetBudget budget, Timers timers) {
    this.key = key;
    this.budget = budget;
    this.bursts = new LogBursts(timers, this::more);
  }

  /**
   * @return whether that is news
   */
  boolean odd(String name, String reason) {
    leftOut.remove(name);
    String why =
        reasons.size() < MOST_REASONS
            ? reasons.computeIfAbsent(reason, ignored -> reason)
            : reasons.getOrDefault(reason, OTHER_REASON);
    String before = odd.put(name, why);
    if (before == null) {
      bursts.tell(ODD, why, () -> line(name, why));
    }
    return !why.equals(before);
  }

  private void line(String name, String why) {
    log.atWarn()
        .addKeyValue("object", key.kind().label() + " " + name)
        .addKeyValue("error", why)
        .log("an object of the API cannot be used");
  }

  private void more(String kind, int more, String reasons) {
    log.atWarn()
        .addKeyValue("objects", more)
        .addKeyValue("kind", key.kind().plural())
        .addKeyValue("reasons", reasons)
        .log("more " + kind);
  }

  void nameless(int count) {
    if (nameless == 0 && count > 0) {
      bursts.tell(ODD, null, () -> line("without a name", "its name cannot be read"));
    }
    nameless = count;
  }

  int nameless() {
    return nameless;
  }

  /** There is no room for it. */
  void leftOut(String name, long bytes) {
    odd.remove(name);
    leftOut.put(name, bytes);
  }

  /** It is used, or gone. */
  void remove(String name) {
    odd.remove(name);
    leftOut.remove(name);
  }

  boolean leavesOut() {
    return !leftOut.isEmpty();
  }

  /** What the smallest one takes for which there is no room. */
  long smallestLeftOut() {
    return leftOut.values().stream().mapToLong(Long::longValue).min().orElse(Long.MAX_VALUE);
  }

  /** Null = it is used, or not there. */
  @Nullable Skipped why(String name) {
    String why = odd.get(name);
    if (why != null) {
      return new Skipped(DroppedTarget.Reason.INVALID, why);
    }
    return leftOut.containsKey(name)
        ? new Skipped(
            DroppedTarget.Reason.LIMIT,
            "there is no room for it in the memory for targets (" + mebibytes() + " MiB)")
        : null;
  }

  /** Changes with each change of {@link #problem}. */
  int count() {
    return odd.size() + leftOut.size() + nameless;
  }

  /**
   * For people.
   *
   * @param areTargets those that make no sense are dropped targets, and not to be told here
   * @param kept objects that have room
   * @return "" = none
   */
  String problem(boolean areTargets, int kept) {
    String what = key.kind().plural();
    if (!leftOut.isEmpty()) {
      return leftOut.size()
          + " "
          + what
          + " are left out (reason limit), because there is no room for them in the memory for targets ("
          + mebibytes()
          + " MiB); "
          + kept
          + " fit; give the process more memory, or select fewer"
          + (areTargets ? "" : "; targets have no labels of those that are left out");
    }
    if (!areTargets && !odd.isEmpty()) {
      Map.Entry<String, String> one = odd.entrySet().iterator().next();
      return odd.size()
          + " of the "
          + what
          + " cannot be used (reason invalid), and targets have no labels of them; "
          + one.getKey()
          + ": "
          + one.getValue();
    }
    return nameless == 0
        ? ""
        : nameless + " of the " + what + " cannot be used (reason invalid): they have no name";
  }

  private long mebibytes() {
    return budget.most() >> 20;
  }

  void close() {
    bursts.flush();
    odd.clear();
    reasons.clear();
    leftOut.clear();
  }
}
