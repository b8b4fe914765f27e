package dev.stoker.scrape.loop;

import dev.stoker.discovery.DroppedTarget;
import dev.stoker.discovery.TargetList;
import dev.stoker.labels.Labels;
import dev.stoker.scrape.target.Target;
import dev.stoker.scrape.target.TargetFactory;
import dev.stoker.scrape.target.Targets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The targets of one component from round to round. What discovery did not touch is neither
 * expanded nor compared again: label sets are the same objects then. With a limit or duplicates,
 * whose outcome depends on the order of all, every round is a whole one.
 */
final class TargetSet {
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
    final TargetFactory.Expanded expanded;
    int round;

    Known(TargetFactory.Expanded expanded, int round) {
      this.expanded = expanded;
      this.round = round;
    }
  }

  private final TargetFactory factory;
  private final Map<Labels, Known> known = new IdentityHashMap<>();
  private final Set<String> keys = new HashSet<>();
  private boolean orderMatters = true;
  private int round;

  TargetSet(TargetFactory factory) {
    this.factory = factory;
  }

  Change update(TargetList targets) {
    round++;
    List<Known> fresh = new ArrayList<>();
    boolean twice = false;
    for (Labels labels : targets.unordered()) {
      Known one = known.get(labels);
      if (one == null) {
        one = new Known(factory.expandOne(labels), round);
        known.put(labels, one);
        fresh.add(one);
      } else {
        twice |= one.round == round;
        one.round = round;
      }
    }
    Set<String> removed = forget();
    if (orderMatters || twice || factory.isLimited()) {
      return whole(targets);
    }
    keys.removeAll(removed);
    List<Target> wanted = new ArrayList<>();
    for (Known one : fresh) {
      for (Target target : one.expanded.targets()) {
        if (!keys.add(target.key())) {
          return whole(targets);
        }
        wanted.add(target);
        removed.remove(target.key());
      }
    }
    return new Change(false, wanted, removed, invalid());
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
              one.expanded.targets().forEach(target -> removed.add(target.key()));
              return true;
            });
    return removed;
  }

  private Change whole(TargetList targets) {
    Targets all =
        factory.create(
            targets.inStableOrder(),
            labels -> {
              Known one = known.get(labels);
              return one == null ? factory.expandOne(labels) : one.expanded;
            });
    keys.clear();
    all.active().forEach(target -> keys.add(target.key()));
    orderMatters =
        all.dropped().stream().anyMatch(drop -> drop.reason() != DroppedTarget.Reason.INVALID);
    return new Change(true, all.active(), Set.of(), all.dropped());
  }

  private List<DroppedTarget> invalid() {
    List<DroppedTarget> invalid = new ArrayList<>();
    for (Known one : known.values()) {
      DroppedTarget dropped = one.expanded.invalid();
      if (dropped != null) {
        invalid.add(dropped);
      }
    }
    return invalid;
  }
}
