package dev.stoker.discovery.kubernetes;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Which groups of targets have looked up which objects. */
final class Dependents {
  /** Looked up object → groups that it is part of. */
  private final Map<String, Set<String>> dependents = new HashMap<>();

  private final Map<String, Set<String>> dependencies = new HashMap<>();

  /**
   * @param asked the objects that a group has looked up this time, there or not
   */
  void put(String group, Set<String> asked) {
    Set<String> before =
        asked.isEmpty() ? dependencies.remove(group) : dependencies.put(group, asked);
    if (before != null) {
      for (String object : before) {
        Set<String> groups = dependents.get(object);
        if (groups != null && groups.remove(group) && groups.isEmpty()) {
          dependents.remove(object);
        }
      }
    }
    for (String object : asked) {
      dependents.computeIfAbsent(object, ignored -> new HashSet<>()).add(group);
    }
  }

  /** The groups to be built again when an object is another. */
  Set<String> of(String object) {
    return dependents.getOrDefault(object, Set.of());
  }
}
