package dev.stoker.component;

import dev.stoker.schema.Reference;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The order that follows from who uses whom. */
final class ComponentOrder {
  /**
   * Ids, what is used before what uses it. Iterative, because a chain of components may be longer
   * than a stack; the loader allows no cycle.
   */
  static List<String> usedFirst(List<Component> components) {
    Map<String, Component> byId = new LinkedHashMap<>();
    components.forEach(component -> byId.put(component.id(), component));
    Set<String> ordered = new LinkedHashSet<>();
    Deque<String> way = new ArrayDeque<>();
    for (String start : byId.keySet()) {
      way.push(start);
      while (!way.isEmpty()) {
        Optional<String> missing = missing(byId.get(way.element()), ordered, byId.keySet());
        missing.ifPresentOrElse(way::push, () -> ordered.add(way.pop()));
      }
    }
    return List.copyOf(ordered);
  }

  private static Optional<String> missing(
      @Nullable Component component, Set<String> ordered, Set<String> all) {
    return component == null
        ? Optional.empty()
        : component.references().stream()
            .map(Reference::component)
            .filter(id -> !ordered.contains(id) && all.contains(id))
            .findFirst();
  }

  /**
   * Ids by level: users before what they use. Those of one level have nothing to do with each
   * other.
   *
   * @param usersFirst the ids of all components, users before what they use
   */
  static List<List<String>> levels(List<Component> components, List<String> usersFirst) {
    Map<String, Integer> depth = new HashMap<>();
    Map<String, Component> byId = new HashMap<>();
    components.forEach(component -> byId.put(component.id(), component));
    List<List<String>> levels = new ArrayList<>();
    for (String id : usersFirst) {
      int own = depth.getOrDefault(id, 0);
      Component component = byId.get(id);
      if (component != null) {
        component.references().forEach(used -> depth.merge(used.component(), own + 1, Math::max));
      }
      while (levels.size() <= own) {
        levels.add(new ArrayList<>());
      }
      levels.get(own).add(id);
    }
    return levels;
  }

  private ComponentOrder() {}
}
