package dev.stoker.app;

import dev.stoker.config.Component;
import dev.stoker.config.LoadedConfig;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * Two configs compared component by component: the same when their records are equal, wherever in
 * the files they are written. Ids, each in the order of its config.
 */
record Diff(Set<String> added, Set<String> changed, Set<String> removed, Set<String> kept) {
  static Diff of(LoadedConfig before, LoadedConfig next) {
    Map<String, Component> left = new LinkedHashMap<>();
    before.components().forEach(component -> left.put(component.id(), component));
    Diff diff =
        new Diff(
            new LinkedHashSet<>(),
            new LinkedHashSet<>(),
            new LinkedHashSet<>(),
            new LinkedHashSet<>());
    for (Component component : next.components()) {
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
