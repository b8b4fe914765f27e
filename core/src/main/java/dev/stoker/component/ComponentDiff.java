package dev.stoker.component;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Two configs compared component by component: the same when their records are equal, wherever in
 * the files they are written. Ids, each in the order of its config.
 */
record ComponentDiff(
    Set<String> added, Set<String> changed, Set<String> removed, Set<String> kept) {
  static ComponentDiff of(List<Component> before, List<Component> next) {
    Map<String, Component> left = new LinkedHashMap<>();
    before.forEach(component -> left.put(component.id(), component));
    ComponentDiff diff =
        new ComponentDiff(
            new LinkedHashSet<>(),
            new LinkedHashSet<>(),
            new LinkedHashSet<>(),
            new LinkedHashSet<>());
    for (Component component : next) {
      Component old = left.remove(component.id());
      if (old == null) {
        diff.added.add(component.id());
      } else if (old.config().equals(component.config())) {
        diff.kept.add(component.id());
      } else {
        diff.changed.add(component.id());
      }
    }
    diff.removed.addAll(left.keySet());
    return diff;
  }
}
