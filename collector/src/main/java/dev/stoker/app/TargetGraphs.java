package dev.stoker.app;

import dev.stoker.concurrent.Timers;
import dev.stoker.config.Component;
import dev.stoker.config.Reference;
import dev.stoker.discovery.Discoverer;
import dev.stoker.discovery.RelabelConfig;
import dev.stoker.discovery.RelabelTransform;
import dev.stoker.discovery.TargetGraph;
import dev.stoker.discovery.annotations.AnnotationsConfig;
import dev.stoker.discovery.annotations.AnnotationsTransform;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Builds the discovery side of the graph from a loaded config, users after what they use. */
final class TargetGraphs {
  private final Map<String, Component> components = new LinkedHashMap<>();
  private final Set<String> ordered = new LinkedHashSet<>();

  private TargetGraphs(List<Component> config) {
    config.forEach(component -> components.put(component.id(), component));
  }

  /** How a discovery component gets its discoverer; empty = it is none. */
  interface Mechanisms {
    Optional<Discoverer> of(Component component);
  }

  static TargetGraph of(List<Component> config, Mechanisms sources, Timers timers) {
    return after(new TargetGraph(timers), Set.of(), config, sources, timers);
  }

  /**
   * @param kept ids of components that are as they were in the graph before
   */
  static TargetGraph after(
      TargetGraph before,
      Set<String> kept,
      List<Component> config,
      Mechanisms sources,
      Timers timers) {
    TargetGraphs order = new TargetGraphs(config);
    config.forEach(component -> order.visit(component.id()));
    TargetGraph graph = new TargetGraph(timers, before.budget());
    for (String id : order.ordered) {
      Component component = order.components.get(id);
      if (component != null && !(kept.contains(id) && keep(component, before, graph))) {
        add(component, sources, graph);
      }
    }
    return graph;
  }

  private static boolean keep(Component component, TargetGraph before, TargetGraph graph) {
    Record config = component.config();
    if (config instanceof RelabelConfig relabel) {
      return graph.keepTransformed(before, component.id(), relabel.targets());
    }
    if (config instanceof AnnotationsConfig annotations) {
      return graph.keepTransformed(before, component.id(), annotations.targets());
    }
    return graph.keepDiscovered(before, component.id());
  }

  private static void add(Component component, Mechanisms sources, TargetGraph graph) {
    Record config = component.config();
    if (config instanceof RelabelConfig relabel) {
      graph.transform(component.id(), relabel.targets(), new RelabelTransform(relabel.relabeler()));
    } else if (config instanceof AnnotationsConfig annotations) {
      graph.transform(component.id(), annotations.targets(), new AnnotationsTransform(annotations));
    } else {
      sources.of(component).ifPresent(created -> graph.discover(component.id(), created));
    }
  }

  /**
   * Iterative, because a chain of components may be longer than a stack; the loader allows no
   * cycle.
   */
  private void visit(String start) {
    List<String> way = new ArrayList<>(List.of(start));
    while (!way.isEmpty()) {
      String id = way.get(way.size() - 1);
      Component component = components.get(id);
      Optional<String> missing =
          component == null || ordered.contains(id)
              ? Optional.empty()
              : component.references().stream()
                  .map(Reference::component)
                  .filter(reference -> !ordered.contains(reference))
                  .filter(components::containsKey)
                  .findFirst();
      if (missing.isPresent()) {
        way.add(missing.get());
      } else {
        ordered.add(id);
        way.remove(way.size() - 1);
      }
    }
  }
}
