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

  static TargetGraph of(List<Component> config, Discoverers discoverers, Timers timers) {
    TargetGraphs order = new TargetGraphs(config);
    config.forEach(component -> order.visit(component.id()));
    TargetGraph graph = new TargetGraph(timers);
    for (String id : order.ordered) {
      Component component = order.components.get(id);
      if (component != null) {
        add(component, discoverers, graph);
      }
    }
    return graph;
  }

  private static void add(Component component, Discoverers discoverers, TargetGraph graph) {
    Record config = component.config();
    if (config instanceof RelabelConfig relabel) {
      graph.transform(component.id(), relabel.targets(), new RelabelTransform(relabel.relabeler()));
      return;
    }
    if (config instanceof AnnotationsConfig annotations) {
      graph.transform(component.id(), annotations.targets(), new AnnotationsTransform(annotations));
      return;
    }
    Optional<Discoverer> discoverer = discoverers.of(config);
    discoverer.ifPresent(created -> graph.discover(component.id(), created));
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
