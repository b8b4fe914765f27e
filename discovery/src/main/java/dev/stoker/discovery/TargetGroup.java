package dev.stoker.discovery;

import dev.stoker.labels.Labels;
import java.util.List;

/**
 * Targets that came from one place.
 *
 * @param source unique within its discoverer; a later group of the same source replaces this one
 * @param targets labels of each target as discovered; empty = the group is gone
 */
public record TargetGroup(String source, List<Labels> targets) {
  public TargetGroup {
    targets = List.copyOf(targets);
  }
}
