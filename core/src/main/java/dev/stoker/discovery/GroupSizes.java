package dev.stoker.discovery;

import dev.stoker.labels.Labels;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Bounds what the labels of one source take of the heap, whatever kind of source it is: a small
 * document may give thousands of labels to each of thousands of targets.
 */
final class GroupSizes {
  /** What the labels of one source may take; 200,000 targets of 10 labels do. */
  static final long MOST = 96L << 20;

  private static final long PER_TARGET = 64;
  private static final long PER_LABEL = 24;

  /** Short values count with their label; many targets share them. */
  private static final int SHORT = 256;

  private final long most;
  private final TargetBudget budget;
  private final Map<String, Long> taken = new HashMap<>();
  private final Map<String, LeftOut> leftOut = new TreeMap<>();
  private long all;

  /** A group without room. */
  private record LeftOut(long bytes, int targets) {}

  /**
   * @param most bytes of this source
   * @param budget of all sources
   */
  GroupSizes(long most, TargetBudget budget) {
    this.most = most;
    this.budget = budget;
  }

  /**
   * Counts a group in place of the former one of its source, if it fits. If it does not, the former
   * one has to go as well: its targets are not what is there any more.
   */
  boolean fits(TargetGroup group) {
    long before = taken.getOrDefault(group.source(), 0L);
    long now = bytes(group);
    boolean fits = now <= before || all - before + now <= most;
    if (!fits || !budget.take(now - before)) {
      leftOut.put(group.source(), new LeftOut(now, group.targets().size()));
      taken.remove(group.source());
      all -= before;
      budget.give(before);
      return false;
    }
    leftOut.remove(group.source());
    all += now - before;
    if (now == 0) {
      taken.remove(group.source());
    } else {
      taken.put(group.source(), now);
    }
    return true;
  }

  /** The source is no more. */
  void close() {
    budget.give(all);
    all = 0;
    taken.clear();
    leftOut.clear();
  }

  /** Groups without room, which the source may tell again when there is some. */
  Set<String> sourcesLeftOut() {
    return leftOut.keySet();
  }

  /**
   * Whether a group that was left out would fit now, or something of the budget alone.
   *
   * @param other what that takes
   */
  boolean hasRoomFor(long other) {
    long smallest =
        leftOut.values().stream().mapToLong(LeftOut::bytes).min().orElse(Long.MAX_VALUE);
    return smallest <= Math.min(most - all, budget.free()) || other <= budget.free();
  }

  /** What to tell the user; "" = all fits. */
  String leftOut() {
    if (leftOut.isEmpty()) {
      return "";
    }
    boolean own = most <= budget.most();
    return leftOut.size()
        + " groups with "
        + leftOut.values().stream().mapToLong(LeftOut::targets).sum()
        + " targets are left out (reason limit), because the labels of all targets of "
        + (own ? "this source" : "all sources")
        + " would take more than "
        + (Math.min(most, budget.most()) >> 20)
        + " MiB; "
        + taken.size()
        + " groups fit; give the targets fewer or shorter labels, "
        + (own ? "or split the source" : "discover fewer, or give the process more memory");
  }

  /** Why one was left out. */
  String whyLeftOut() {
    return "only "
        + taken.size()
        + " groups of targets of this source fit into the memory for targets";
  }

  private static long bytes(TargetGroup group) {
    long[] bytes = {0};
    for (Labels target : group.targets()) {
      bytes[0] += bytes(1, target.size());
      target.forEach((name, value) -> bytes[0] += value.length() > SHORT ? value.length() : 0);
    }
    for (TargetTransform.Drop drop : group.dropped()) {
      bytes[0] += bytes(1, drop.target().size()) + drop.detail().length();
    }
    return bytes[0];
  }

  /** What so many targets with so many short labels each take. */
  static long bytes(long targets, long labels) {
    return targets * (PER_TARGET + labels * PER_LABEL);
  }
}
