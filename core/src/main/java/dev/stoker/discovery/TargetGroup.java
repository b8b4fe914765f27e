package dev.stoker.discovery;

import dev.stoker.labels.Labels;
import java.util.List;

/**
 * Targets that came from one place.
 *
 * @param source unique within its discoverer; a later group of the same source replaces this one
 * @param targets labels of each target as discovered
 * @param dropped what is there and gives no target
 */
public record TargetGroup(String source, List<Labels> targets, List<TargetTransform.Drop> dropped) {
  public TargetGroup {
    targets = List.copyOf(targets);
    dropped = List.copyOf(dropped);
  }

  public TargetGroup(String source, List<Labels> targets) {
    this(source, targets, List.of());
  }

  /** The group is gone. */
  boolean isEmpty() {
    return targets.isEmpty() && dropped.isEmpty();
  }
}
