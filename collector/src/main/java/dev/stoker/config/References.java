package dev.stoker.config;

import com.typesafe.config.ConfigOrigin;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The graph of components: who exports what, who refers to what. Finds references to nothing, to an
 * export of the wrong type, and cycles.
 */
final class References {
  /** What an export is. */
  enum Type {
    RECEIVER("a receiver of profiles"),
    TARGETS("a list of targets");

    final String text;

    Type(String text) {
      this.text = text;
    }
  }

  private record Reference(
      String from, String export, Type wanted, ConfigOrigin origin, String path) {}

  private final Map<String, Type> exports = new LinkedHashMap<>();
  private final Set<String> components = new HashSet<>();
  private final List<Reference> references = new ArrayList<>();

  /** A component that exports nothing. */
  void component(String id) {
    components.add(id);
  }

  void export(String id, String name, Type type) {
    components.add(id);
    exports.put(id + "." + name, type);
  }

  void refer(String from, String export, Type wanted, ConfigOrigin origin, String path) {
    references.add(new Reference(from, export, wanted, origin, path));
  }

  void check(Problems problems) {
    for (Reference reference : references) {
      Type found = exports.get(reference.export);
      if (found == null) {
        problems.error(reference.origin, reference.path, missing(reference));
      } else if (found != reference.wanted) {
        problems.error(
            reference.origin,
            reference.path,
            reference.export + " is " + found.text + "; needed here is " + reference.wanted.text);
      }
    }
    cycles(problems);
  }

  private String missing(Reference reference) {
    String component = componentOf(reference.export);
    if (components.contains(reference.export) || components.contains(component)) {
      String id = components.contains(reference.export) ? reference.export : component;
      List<String> own =
          exports.keySet().stream().filter(name -> name.startsWith(id + ".")).sorted().toList();
      return own.isEmpty()
          ? id + " exports nothing that can be referred to"
          : "\""
              + reference.export
              + "\" is no export; "
              + id
              + " exports "
              + String.join(", ", own);
    }
    return "\""
        + reference.export
        + "\" refers to no component in this config"
        + DidYouMean.hint(reference.export, exports.keySet());
  }

  private static String componentOf(String export) {
    int dot = export.lastIndexOf('.');
    return dot < 0 ? export : export.substring(0, dot);
  }

  private void cycles(Problems problems) {
    Map<String, List<Reference>> edges = new HashMap<>();
    for (Reference reference : references) {
      edges.computeIfAbsent(reference.from, ignored -> new ArrayList<>()).add(reference);
    }
    Set<String> done = new HashSet<>();
    for (String start : new java.util.TreeSet<>(edges.keySet())) {
      walk(start, edges, new ArrayDeque<>(), done, problems);
    }
  }

  private void walk(
      String at,
      Map<String, List<Reference>> edges,
      Deque<String> trail,
      Set<String> done,
      Problems problems) {
    if (done.contains(at)) {
      return;
    }
    trail.addLast(at);
    for (Reference edge : edges.getOrDefault(at, List.of())) {
      String next = componentOf(edge.export);
      if (trail.contains(next)) {
        List<String> cycle = new ArrayList<>(trail);
        cycle = cycle.subList(cycle.indexOf(next), cycle.size());
        problems.error(
            edge.origin,
            edge.path,
            "components refer to each other in a circle: "
                + String.join(" -> ", cycle)
                + " -> "
                + next
                + "; take one reference out");
      } else {
        walk(next, edges, trail, done, problems);
      }
    }
    trail.removeLast();
    done.add(at);
  }
}
