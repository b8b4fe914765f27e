package dev.stoker.scrape.loop;

import dev.stoker.discovery.DroppedTarget;
import dev.stoker.discovery.TargetBudget;
import dev.stoker.discovery.TargetList;
import dev.stoker.labels.Labels;
import dev.stoker.scrape.target.Target;
import dev.stoker.scrape.target.TargetFactory;
import dev.stoker.scrape.target.TargetFactory.Expanded;
import dev.stoker.scrape.target.Targets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The targets of one component from round to round. What discovery did not touch is neither
 * expanded nor compared again: label sets are the same objects then. With a limit or duplicates,
 * whose outcome depends on the order of all, every round is a whole one.
 *
 * <p>Each label set takes room for its loops. Those whose loops run come first, also when their
 * labels are others now, then new ones in the stable order; what has no room is left out, and comes
 * in when there is some again.
 */
final class TargetSet {
  /** New loops leave so much of all room, one part of 32, to loops whose labels grow. */
  private static final int RESERVE = 32;

  private static final DroppedTarget NO_ROOM =
      new DroppedTarget("", Labels.empty(), DroppedTarget.Reason.LIMIT, "");

  private static final Expanded LEFT_OUT = new Expanded(List.of(), NO_ROOM);

  /**
   * What a round comes to.
   *
   * @param whole true = wanted is all there is; false = only what is new or has other labels
   * @param removed keys, when it is not whole
   */
  record Change(
      boolean whole, List<Target> wanted, Set<String> removed, List<DroppedTarget> dropped) {}

  /** A label set's targets, and the last round that had it. */
  private static final class Known {
    /** Null = it has no room, is beyond the limit, or was not looked at yet. */
    @Nullable Expanded expanded;

    /** What it takes, or would take. */
    long bytes;

    /** It has no room. */
    boolean leftOut;

    int round;
  }

  private final TargetFactory factory;
  private final TargetBudget budget;
  private final Map<Labels, Known> known = new IdentityHashMap<>();
  private final Set<String> keys = new HashSet<>();
  private @Nullable TargetSet before;
  private boolean orderMatters = true;
  private int round;

  /** A round has begun and not ended: because of a bug, what it took out may not be told. */
  private boolean begun;

  /**
   * @param budget for the loops of all components
   */
  TargetSet(TargetFactory factory, TargetBudget budget) {
    this.factory = factory;
    this.budget = budget;
  }

  /** With another config: this takes the place of the former one with its first round. */
  TargetSet after(TargetFactory next) {
    TargetSet after = new TargetSet(next, budget);
    after.before = this;
    return after;
  }

  /** Gives back all room: the loops are no more. */
  void release() {
    if (before != null) {
      before.release();
      before = null;
    }
    known.values().forEach(this::leave);
    known.clear();
  }

  Change update(TargetList targets) {
    orderMatters |= begun;
    begun = true;
    Change change = next(targets);
    begun = false;
    return change;
  }

  private Change next(TargetList targets) {
    round++;
    takeOver();
    List<Labels> fresh = new ArrayList<>();
    boolean twice = false;
    for (Labels labels : targets.unordered()) {
      Known one = known.computeIfAbsent(labels, ignored -> new Known());
      if (one.round == round) {
        twice = true;
      } else if (one.expanded == null && !one.leftOut) {
        fresh.add(labels);
      }
      one.round = round;
    }
    long used = budget.used();
    Set<String> removed = forget();
    if (factory.isLimited()) {
      return whole(targets);
    }
    List<Known> entered = enter(fresh, targets, used - budget.used());
    if (orderMatters || twice) {
      return whole(targets);
    }
    keys.removeAll(removed);
    List<Target> wanted = new ArrayList<>();
    for (Known one : entered) {
      for (Target target : expanded(one).targets()) {
        if (!keys.add(target.key())) {
          return whole(targets);
        }
        wanted.add(target);
        removed.remove(target.key());
      }
    }
    return new Change(false, wanted, removed, dropped());
  }

  private static Expanded expanded(Known one) {
    Expanded expanded = one.expanded;
    return expanded == null ? LEFT_OUT : expanded;
  }

  /** Its loops run still, so they are those that come first. */
  private void takeOver() {
    TargetSet former = before;
    if (former != null) {
      before = null;
      keys.addAll(former.keys);
      former.release();
    }
  }

  /** Takes out what this round did not have; returns the keys of its targets. */
  private Set<String> forget() {
    Set<String> removed = new HashSet<>();
    known
        .values()
        .removeIf(
            one -> {
              if (one.round == round) {
                return false;
              }
              expanded(one).targets().forEach(target -> removed.add(target.key()));
              leave(one);
              return true;
            });
    return removed;
  }

  private void leave(Known one) {
    if (one.expanded != null) {
      one.expanded = null;
      budget.give(one.bytes);
    }
    one.leftOut = false;
  }

  private boolean enter(Known one, Expanded expanded, boolean room) {
    one.leftOut = !room || !budget.take(one.bytes);
    one.expanded = one.leftOut ? null : expanded;
    return !one.leftOut;
  }

  /**
   * Finds room for what is new and for what was left out.
   *
   * @param given back in this round, which is for the loops that run
   * @return what has room now
   */
  private List<Known> enter(List<Labels> fresh, TargetList targets, long given) {
    List<Known> entered = new ArrayList<>();
    boolean waits = false;
    long promised = given;
    for (Labels labels : fresh) {
      Known one = Objects.requireNonNull(known.get(labels));
      Expanded expanded = factory.expandOne(labels);
      one.bytes = LoopWeight.of(expanded);
      boolean runs = runs(expanded);
      promised = runs ? Math.max(0, promised - one.bytes) : promised;
      if (enter(one, expanded, runs || one.bytes <= room() - promised)) {
        entered.add(one);
      } else {
        waits = true;
      }
    }
    if (waits || hasRoom()) {
      for (Labels labels : targets.inStableOrder()) {
        Known one = known.get(labels);
        if (one != null && one.leftOut && one.bytes <= room()) {
          enter(one, factory.expandOne(labels), true);
          entered.add(one);
        }
      }
    }
    return entered;
  }

  private boolean runs(Expanded expanded) {
    return expanded.targets().stream().anyMatch(target -> keys.contains(target.key()));
  }

  /** What new loops may take. */
  private long room() {
    return budget.free() - budget.most() / RESERVE;
  }

  /** Whether one that was left out would fit now. */
  boolean hasRoom() {
    long room = room();
    return known.values().stream().anyMatch(one -> one.leftOut && one.bytes <= room);
  }

  /** What to tell the user; "" = all have room. */
  String leftOut() {
    long out = known.values().stream().filter(one -> one.leftOut).count();
    long fit = known.values().stream().filter(one -> one.expanded != null).count();
    return out == 0
        ? ""
        : out
            + " of "
            + (out + fit)
            + " targets are left out (reason limit), because there is no memory for their loops; "
            + fit
            + " fit into the "
            + (budget.most() >> 20)
            + " MiB that the loops of all components may take; discover fewer targets, or give the"
            + " process more memory";
  }

  private Change whole(TargetList targets) {
    boolean limited = factory.isLimited();
    Set<Known> visited = new HashSet<>();
    Targets all =
        factory.create(
            targets.inStableOrder(),
            labels -> {
              Known one = known.computeIfAbsent(labels, ignored -> new Known());
              one.round = round;
              visited.add(one);
              return limited ? entered(one, labels) : expanded(one);
            });
    if (limited) {
      // Beyond the limit there are no loops.
      known.values().stream().filter(one -> !visited.contains(one)).forEach(this::leave);
    }
    keys.clear();
    all.active().forEach(target -> keys.add(target.key()));
    List<DroppedTarget> dropped = new ArrayList<>(all.dropped());
    dropped.removeIf(drop -> drop == NO_ROOM);
    orderMatters = dropped.stream().anyMatch(drop -> drop.reason() != DroppedTarget.Reason.INVALID);
    dropped.addAll(withoutRoom());
    return new Change(true, all.active(), Set.of(), dropped);
  }

  /** With a limit the order of all says who comes in, whether its loops run or not. */
  private Expanded entered(Known one, Labels labels) {
    if (one.expanded == null && !(one.leftOut && one.bytes > room())) {
      Expanded expanded = factory.expandOne(labels);
      one.bytes = LoopWeight.of(expanded);
      enter(one, expanded, runs(expanded) || one.bytes <= room());
    }
    return expanded(one);
  }

  private List<DroppedTarget> dropped() {
    List<DroppedTarget> dropped = withoutRoom();
    for (Known one : known.values()) {
      DroppedTarget invalid = expanded(one).invalid();
      if (invalid != null && invalid != NO_ROOM) {
        dropped.add(invalid);
      }
    }
    return dropped;
  }

  private List<DroppedTarget> withoutRoom() {
    List<DroppedTarget> dropped = new ArrayList<>();
    String why = leftOut();
    known.forEach(
        (labels, one) -> {
          if (one.leftOut) {
            dropped.add(factory.leftOut(labels, why));
          }
        });
    return dropped;
  }
}
