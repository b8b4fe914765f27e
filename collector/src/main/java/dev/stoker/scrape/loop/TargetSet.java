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
  /**
   * What a round comes to.
   *
   * @param whole true = wanted is all there is; false = only what is new or has other labels
   * @param removed keys, when it is not whole
   */
  record Change(
      boolean whole, List<Target> wanted, Set<String> removed, List<DroppedTarget> dropped) {
    /** With more that is dropped. */
    Change with(List<DroppedTarget> more) {
      if (more.isEmpty()) {
        return this;
      }
      List<DroppedTarget> all = new ArrayList<>(dropped);
      all.addAll(more);
      return new Change(whole, wanted, removed, all);
    }
  }

  private final TargetFactory factory;
  private final LoopRoom room;
  private final Map<Labels, KnownLabels> known = new IdentityHashMap<>();
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
    this(factory, new LoopRoom(budget));
  }

  private TargetSet(TargetFactory factory, LoopRoom room) {
    this.factory = factory;
    this.room = room;
  }

  /** With another config: this takes the place of the former one with its first round. */
  TargetSet after(TargetFactory next) {
    TargetSet after = new TargetSet(next, room);
    after.before = this;
    return after;
  }

  /** Gives back all room: the loops are no more. */
  void release() {
    if (before != null) {
      before.release();
      before = null;
    }
    known.values().forEach(one -> one.leave(room));
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
      KnownLabels one = known.computeIfAbsent(labels, ignored -> new KnownLabels());
      if (!one.seen(round)) {
        twice = true;
      } else if (!one.hasRoom() && !one.isLeftOut()) {
        fresh.add(labels);
      }
    }
    long used = room.used();
    Set<String> removed = forget();
    if (factory.isLimited()) {
      return whole(targets);
    }
    List<KnownLabels> entered = enter(fresh, targets, used - room.used());
    if (orderMatters || twice) {
      return whole(targets);
    }
    keys.removeAll(removed);
    List<Target> wanted = new ArrayList<>();
    for (KnownLabels one : entered) {
      for (Target target : one.expanded().targets()) {
        if (!keys.add(target.key())) {
          return whole(targets);
        }
        wanted.add(target);
        removed.remove(target.key());
      }
    }
    return new Change(false, wanted, removed, dropped());
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
              if (one.round() == round) {
                return false;
              }
              one.expanded().targets().forEach(target -> removed.add(target.key()));
              one.leave(room);
              return true;
            });
    return removed;
  }

  /**
   * Finds room for what is new and for what was left out.
   *
   * @param given back in this round, which is for the loops that run
   * @return what has room now
   */
  private List<KnownLabels> enter(List<Labels> fresh, TargetList targets, long given) {
    List<KnownLabels> entered = new ArrayList<>();
    boolean waits = false;
    long promised = given;
    for (Labels labels : fresh) {
      KnownLabels one = Objects.requireNonNull(known.get(labels));
      Expanded expanded = factory.expandOne(labels);
      long bytes = one.weigh(expanded);
      boolean runs = runs(expanded);
      promised = runs ? Math.max(0, promised - bytes) : promised;
      if (one.enter(room, expanded, runs || bytes <= room.forNew() - promised)) {
        entered.add(one);
      } else {
        waits = true;
      }
    }
    if (waits || hasRoom()) {
      for (Labels labels : targets.inStableOrder()) {
        KnownLabels one = known.get(labels);
        if (one != null && one.isLeftOut() && one.bytes() <= room.forNew()) {
          one.enter(room, factory.expandOne(labels), true);
          entered.add(one);
        }
      }
    }
    return entered;
  }

  private boolean runs(Expanded expanded) {
    return expanded.targets().stream().anyMatch(target -> keys.contains(target.key()));
  }

  /** Whether one that was left out would fit now. */
  boolean hasRoom() {
    long free = room.forNew();
    return known.values().stream().anyMatch(one -> one.isLeftOut() && one.bytes() <= free);
  }

  /** What to tell the user; "" = all have room. */
  String leftOut() {
    return room.leftOut(known.values());
  }

  private Change whole(TargetList targets) {
    boolean limited = factory.isLimited();
    Set<KnownLabels> visited = new HashSet<>();
    Targets all =
        factory.create(
            targets.inStableOrder(),
            labels -> {
              KnownLabels one = known.computeIfAbsent(labels, ignored -> new KnownLabels());
              one.seen(round);
              visited.add(one);
              return limited ? entered(one, labels) : one.expanded();
            });
    if (limited) {
      // Beyond the limit there are no loops.
      known.values().stream().filter(one -> !visited.contains(one)).forEach(one -> one.leave(room));
    }
    keys.clear();
    all.active().forEach(target -> keys.add(target.key()));
    List<DroppedTarget> dropped = new ArrayList<>(all.dropped());
    dropped.removeIf(KnownLabels::isNoRoom);
    orderMatters = dropped.stream().anyMatch(drop -> drop.reason() != DroppedTarget.Reason.INVALID);
    dropped.addAll(withoutRoom());
    return new Change(true, all.active(), Set.of(), dropped);
  }

  /** With a limit the order of all says who comes in, whether its loops run or not. */
  private Expanded entered(KnownLabels one, Labels labels) {
    if (!one.hasRoom() && !(one.isLeftOut() && one.bytes() > room.forNew())) {
      Expanded expanded = factory.expandOne(labels);
      long bytes = one.weigh(expanded);
      one.enter(room, expanded, runs(expanded) || bytes <= room.forNew());
    }
    return one.expanded();
  }

  private List<DroppedTarget> dropped() {
    List<DroppedTarget> dropped = withoutRoom();
    for (KnownLabels one : known.values()) {
      DroppedTarget invalid = one.expanded().invalid();
      if (invalid != null && !KnownLabels.isNoRoom(invalid)) {
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
          if (one.isLeftOut()) {
            dropped.add(factory.leftOut(labels, why));
          }
        });
    return dropped;
  }
}
