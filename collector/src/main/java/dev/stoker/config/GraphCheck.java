package dev.stoker.config;

import dev.stoker.component.Component;
import dev.stoker.components.ComponentKinds;
import dev.stoker.schema.Export;
import dev.stoker.schema.Problems;
import dev.stoker.schema.Reference;
import dev.stoker.schema.Texts;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Checks that all references lead to an export of the right type, and that they make no circle. */
final class GraphCheck {
  private static final int MAX_SUGGESTIONS = 20;

  private final Map<String, Component> components = new LinkedHashMap<>();
  private final Map<Export.Type, List<String>> exports = new EnumMap<>(Export.Type.class);
  private final Problems problems;

  private GraphCheck(List<Component> components, Problems problems) {
    this.problems = problems;
    for (Component component : components) {
      this.components.put(component.id(), component);
      for (Export export : component.exports()) {
        List<String> names = exports.computeIfAbsent(export.type(), type -> new ArrayList<>());
        if (names.size() < MAX_SUGGESTIONS) {
          names.add(component.id() + "." + export.name());
        }
      }
    }
  }

  static void check(List<Component> components, Problems problems) {
    GraphCheck check = new GraphCheck(components, problems);
    components.forEach(
        component -> component.references().forEach(reference -> check.target(reference)));
    check.cycles();
  }

  private void target(Reference reference) {
    Component component = components.get(reference.component());
    if (component == null) {
      error(reference, missing(reference));
      return;
    }
    Export.Type type =
        component.exports().stream()
            .filter(export -> export.name().equals(reference.export()))
            .map(Export::type)
            .findFirst()
            .orElse(null);
    if (type == null) {
      error(
          reference,
          component.id()
              + " has no export \""
              + reference.export()
              + "\"; it exports "
              + exports(component));
    } else if (type != reference.wanted()) {
      error(
          reference,
          "wants "
              + noun(reference.wanted())
              + ", but "
              + component.id()
              + " exports "
              + exports(component));
    }
  }

  private String missing(Reference reference) {
    String name = reference.component() + "." + reference.export();
    String kind = reference.component().substring(0, reference.component().lastIndexOf('.'));
    if (ComponentKinds.LATER.contains(kind)) {
      return kind + " is not supported in this version";
    }
    List<String> known = exports.getOrDefault(reference.wanted(), List.of());
    String hint = known.isEmpty() ? "; nothing here exports " + noun(reference.wanted()) : "";
    return "there is no " + name + (hint.isEmpty() ? Texts.didYouMean(name, known) : hint);
  }

  private static String noun(Export.Type type) {
    return type == Export.Type.RECEIVER ? "a receiver" : "targets";
  }

  private static String exports(Component component) {
    return component.exports().isEmpty()
        ? "nothing"
        : String.join(", ", component.exports().stream().map(Export::name).toList());
  }

  private void error(Reference reference, String message) {
    problems.error(reference.place(), reference.path(), message);
  }

  /**
   * Takes away what refers to nothing that is left, until only components on a way into a cycle are
   * left; then follows references until one comes back. Iterative: a config may hold more
   * components than a stack has frames.
   */
  private void cycles() {
    Set<String> left = reduce(new LinkedHashSet<>(components.keySet()));
    while (!left.isEmpty()) {
      left.removeAll(reportCycle(left));
      left = reduce(left);
    }
  }

  private Set<String> reduce(Set<String> ids) {
    Map<String, Integer> pending = new HashMap<>();
    Map<String, List<String>> users = new HashMap<>();
    List<String> free = new ArrayList<>();
    for (String id : ids) {
      List<String> needs = needs(id, ids);
      pending.put(id, needs.size());
      needs.forEach(need -> users.computeIfAbsent(need, ignored -> new ArrayList<>()).add(id));
      if (needs.isEmpty()) {
        free.add(id);
      }
    }
    Set<String> left = new LinkedHashSet<>(ids);
    while (!free.isEmpty()) {
      String id = free.remove(free.size() - 1);
      left.remove(id);
      for (String user : users.getOrDefault(id, List.of())) {
        if (pending.merge(user, -1, Integer::sum) == 0) {
          free.add(user);
        }
      }
    }
    return left;
  }

  private List<String> needs(String id, Set<String> among) {
    return references(id).stream()
        .map(Reference::component)
        .filter(among::contains)
        .distinct()
        .toList();
  }

  private List<Reference> references(String id) {
    Component component = components.get(id);
    return component == null ? List.of() : component.references();
  }

  private Set<String> reportCycle(Set<String> left) {
    List<String> way = new ArrayList<>();
    String at = left.iterator().next();
    Set<String> visited = new LinkedHashSet<>();
    while (visited.add(at)) {
      way.add(at);
      at = needs(at, left).get(0);
    }
    List<String> cycle = way.subList(way.indexOf(at), way.size());
    String last = cycle.get(cycle.size() - 1);
    String closing = at;
    references(last).stream()
        .filter(reference -> reference.component().equals(closing))
        .findFirst()
        .ifPresent(reference -> error(reference, message(cycle)));
    return new LinkedHashSet<>(cycle);
  }

  private static String message(List<String> cycle) {
    return "components refer to each other in a cycle: "
        + String.join(" -> ", cycle)
        + " -> "
        + cycle.get(0)
        + "; take one of the references out";
  }
}
