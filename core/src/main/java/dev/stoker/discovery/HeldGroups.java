package dev.stoker.discovery;

import dev.stoker.labels.Labels;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The last good groups of a source, in a stable order, as far as there is room for them. Groups of
 * a predecessor stay until the source says whether they are there.
 */
final class HeldGroups {
  /** The only label of a group without room: of which source it is. */
  private static final String LEFT_OUT = "__stoker_left_out__";

  private final TreeMap<String, TargetGroup> groups = new TreeMap<>();
  private final GroupSizes sizes;

  /** Groups of a predecessor of which the source has not said yet whether they are there. */
  private final Set<String> unconfirmed = new HashSet<>();

  HeldGroups(GroupSizes sizes) {
    this.sizes = sizes;
  }

  void inherit(List<TargetGroup> left) {
    for (TargetGroup group : left) {
      unconfirmed.add(group.source());
      if (sizes.fits(group)) {
        groups.put(group.source(), group);
      }
    }
  }

  /** Gives back all room; the groups can be read still. */
  void close() {
    sizes.close();
  }

  /**
   * @param updated each takes the place of the one of the same name; an empty one is not there
   * @return whether any target is another
   */
  boolean merge(List<TargetGroup> updated) {
    boolean any = false;
    for (TargetGroup group : updated) {
      unconfirmed.remove(group.source());
      if (!sizes.fits(group)) {
        any |= groups.remove(group.source()) != null;
        continue;
      }
      TargetGroup before =
          group.isEmpty() ? groups.remove(group.source()) : groups.put(group.source(), group);
      if (group.equals(before)) {
        // The very same labels stay, so that nobody works on them again.
        groups.put(group.source(), before);
        continue;
      }
      any |=
          before == null ? !group.targets().isEmpty() : !before.targets().equals(group.targets());
    }
    return any;
  }

  /**
   * After a whole result, what the source has not told is not there.
   *
   * @return the updates, and an empty group for each of a predecessor that they do not have
   */
  List<TargetGroup> withoutUnconfirmed(List<TargetGroup> updated) {
    if (unconfirmed.isEmpty()) {
      return updated;
    }
    updated.forEach(group -> unconfirmed.remove(group.source()));
    List<TargetGroup> all = new ArrayList<>(updated);
    unconfirmed.forEach(source -> all.add(new TargetGroup(source, List.of())));
    return all;
  }

  /**
   * @param all the groups that are there
   * @return these, and an empty group for each one that is held and not there any more
   */
  List<TargetGroup> withRemoved(List<TargetGroup> all) {
    return withRemoved(all, Set.of());
  }

  /** The same; those that the source has not told yet may be in the part that does not work. */
  List<TargetGroup> withRemovedInPart(List<TargetGroup> all) {
    return withRemoved(all, unconfirmed);
  }

  private List<TargetGroup> withRemoved(List<TargetGroup> all, Set<String> stay) {
    Map<String, TargetGroup> wanted = new HashMap<>();
    all.forEach(group -> wanted.put(group.source(), group));
    List<TargetGroup> updated = new ArrayList<>(wanted.values());
    Set<String> known = new HashSet<>(groups.keySet());
    known.addAll(sizes.sourcesLeftOut());
    known.removeAll(stay);
    for (String source : known) {
      if (!wanted.containsKey(source)) {
        updated.add(new TargetGroup(source, List.of()));
      }
    }
    return updated;
  }

  int size() {
    return groups.size();
  }

  List<TargetGroup> all() {
    return List.copyOf(groups.values());
  }

  List<Labels> targets() {
    List<Labels> all = new ArrayList<>();
    groups.values().forEach(group -> all.addAll(group.targets()));
    return List.copyOf(all);
  }

  /** Some have no room. */
  boolean leavesOut() {
    return !sizes.sourcesLeftOut().isEmpty();
  }

  /** What to tell the user of groups without room; "" = all have some. */
  String leftOut() {
    return sizes.leftOut();
  }

  /**
   * Whether a group that was left out would fit now, or something else that takes so much.
   *
   * @param other bytes
   */
  boolean hasRoomFor(long other) {
    return sizes.hasRoomFor(other);
  }

  /**
   * @param component that drops them
   */
  List<DroppedTarget> dropped(String component) {
    List<DroppedTarget> all = new ArrayList<>();
    for (TargetGroup group : groups.values()) {
      for (TargetTransform.Drop drop : group.dropped()) {
        all.add(new DroppedTarget(component, drop.target(), drop.reason(), drop.detail()));
      }
    }
    for (String source : sizes.sourcesLeftOut()) {
      Labels label = Labels.of(LEFT_OUT, source);
      all.add(new DroppedTarget(component, label, DroppedTarget.Reason.LIMIT, sizes.whyLeftOut()));
    }
    return all;
  }
}
