package dev.stoker.component;

import dev.stoker.discovery.Discoverer;
import dev.stoker.discovery.TargetGraph;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The discovery side of a config by itself, to look at what it finds. */
public final class TargetGraphBuilder {
  /**
   * Adds all components that export targets to a graph, which does not run yet.
   *
   * @param instead a discoverer in place of a component's own; empty = its own
   */
  public static void join(
      TargetGraph graph,
      List<Component> components,
      Preparation.Surroundings surroundings,
      Function<Component, Optional<Discoverer>> instead) {
    Map<String, Component> byId = new HashMap<>();
    components.forEach(component -> byId.put(component.id(), component));
    for (String id : ComponentOrder.usedFirst(components)) {
      Component component = byId.get(id);
      if (component != null && component.kind() instanceof TargetsKind<?> kind) {
        instead
            .apply(component)
            .ifPresentOrElse(
                discoverer -> graph.discover(id, discoverer),
                () -> join(kind, component, graph, surroundings));
      }
    }
  }

  private static <C extends Record> void join(
      TargetsKind<C> kind,
      Component component,
      TargetGraph graph,
      Preparation.Surroundings surroundings) {
    kind.join(
        new Preparation<>(
            component, component.config(kind), Optional.empty(), graph, surroundings));
  }

  private TargetGraphBuilder() {}
}
