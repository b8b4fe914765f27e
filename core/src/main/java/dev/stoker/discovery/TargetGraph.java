package dev.stoker.discovery;

import dev.stoker.concurrent.Timers;
import dev.stoker.labels.LabelNames;
import dev.stoker.labels.Labels;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The discovery side of the component graph: a change at a source runs through everything that
 * refers to it, in one go, up to the consumers. Built once, in an order in which each component
 * comes after what it refers to. A changed config is a new graph that keeps parts of the one before
 * and takes its place by {@link #startAfter}.
 */
public final class TargetGraph {
  private static final Logger log = LoggerFactory.getLogger(TargetGraph.class);

  private static final Comparator<Labels> STABLE =
      Comparator.comparing((Labels labels) -> labels.get(LabelNames.ADDRESS))
          .thenComparing(Comparator.naturalOrder());

  private final Timers timers;
  private final TargetBudget budget;
  private final Map<String, TargetNode> nodes = new LinkedHashMap<>();
  private final List<DiscoveredTargets> sources = new ArrayList<>();
  private final Map<String, List<String>> users = new LinkedHashMap<>();
  private final Map<String, List<Labels>> literals = new LinkedHashMap<>();
  private final Map<String, Step> steps = new LinkedHashMap<>();
  private final Map<String, List<TargetSource>> inputs = new HashMap<>();
  private final Map<String, Consumer<TargetList>> consumers = new HashMap<>();
  private final Set<String> held = new HashSet<>();

  /** What is to be done for a component when something that it refers to has changed. */
  private interface Step {
    void run();
  }

  /** Without a bound over all sources. */
  public TargetGraph(Timers timers) {
    this(timers, TargetBudget.unbounded());
  }

  /**
   * @param budget the same one for all graphs that follow each other
   */
  public TargetGraph(Timers timers, TargetBudget budget) {
    this.timers = timers;
    this.budget = budget;
  }

  /** For what is discovered, over all graphs that follow each other. */
  public TargetBudget budget() {
    return budget;
  }

  /** A component whose targets come from outside. */
  public void discover(String component, Discoverer discoverer) {
    DiscoveredTargets node =
        new DiscoveredTargets(component, discoverer, timers, budget, () -> propagate(component));
    nodes.put(component, node);
    sources.add(node);
  }

  /**
   * A component that is as it was in the graph before, which is not changed yet: its discoverer
   * runs on, what its transform has worked out stays, its consumer is told of the same inputs. Does
   * nothing for a component that had no part in that graph.
   */
  public void keep(TargetGraph before, String component) {
    TargetNode node = before.nodes.get(component);
    if (node instanceof DiscoveredTargets discovered) {
      nodes.put(component, discovered);
      sources.add(discovered);
    } else if (node instanceof TransformedTargets transformed) {
      transform(component, before.inputs.getOrDefault(component, List.of()), transformed);
    }
    Consumer<TargetList> consumer = before.consumers.get(component);
    if (consumer != null) {
      consume(component, before.inputs.getOrDefault(component, List.of()), consumer);
    }
  }

  /** A component whose targets come from others. */
  public void transform(String component, List<TargetSource> inputs, TargetTransform transform) {
    transform(component, inputs, new TransformedTargets(component, transform));
  }

  private void transform(String component, List<TargetSource> inputs, TransformedTargets node) {
    nodes.put(component, node);
    uses(component, inputs, () -> node.input(collect(inputs), ready(inputs)));
  }

  /**
   * Somebody who wants to know whenever the targets may be others; called at {@link #start} too.
   */
  public void consume(String component, List<TargetSource> inputs, Consumer<TargetList> wants) {
    consumers.put(component, wants);
    uses(
        component,
        inputs,
        () -> {
          if (!held.contains(component) || ready(inputs)) {
            held.remove(component);
            wants.accept(new TargetList(collect(inputs), () -> ordered(inputs)));
          }
        });
  }

  private void uses(String component, List<TargetSource> inputs, Step step) {
    steps.put(component, step);
    this.inputs.put(component, List.copyOf(inputs));
    for (TargetSource input : inputs) {
      if (input instanceof TargetSource.Literal literal) {
        literals.computeIfAbsent(component, ignored -> new ArrayList<>()).add(literal.labels());
      } else if (input instanceof TargetSource.Export export) {
        users.computeIfAbsent(export.component(), ignored -> new ArrayList<>()).add(component);
      }
    }
  }

  /** Works out what is written in the config, then starts the discoverers. */
  public void start() {
    timers.control().assertOn();
    steps.forEach(this::run);
    sources.forEach(DiscoveredTargets::start);
  }

  /**
   * Takes the place of a running graph. A discoverer whose config has changed exports what its
   * predecessor did until its first result is there; consumers of the graph before keep what they
   * have until all of their inputs have had a first result or error: a reload never empties the
   * targets for a moment. New discoverers start before old ones stop, so that watches are shared.
   *
   * @return completes when the discoverers that are not kept have stopped
   */
  public Future<Void> startAfter(TargetGraph before) {
    timers.control().assertOn();
    held.addAll(before.steps.keySet());
    List<DiscoveredTargets> fresh = new ArrayList<>();
    for (DiscoveredTargets source : sources) {
      TargetNode old = before.nodes.get(source.component());
      if (old == source) {
        source.onChange(() -> propagate(source.component()));
      } else {
        fresh.add(source);
        if (old instanceof DiscoveredTargets last) {
          source.inherit(last);
        }
      }
    }
    steps.forEach(this::run);
    List<DiscoveredTargets> replaced =
        before.sources.stream().filter(source -> !sources.contains(source)).toList();
    // A watch that is shared tells what it has at once: the same targets must not count twice.
    replaced.forEach(DiscoveredTargets::giveBack);
    fresh.forEach(DiscoveredTargets::start);
    return Future.join(replaced.stream().map(DiscoveredTargets::stop).toList()).mapEmpty();
  }

  /** Every source has had its first result, or its first error. */
  public boolean ready() {
    return nodes.values().stream().allMatch(TargetNode::ready);
  }

  public Future<Void> stop() {
    timers.control().assertOn();
    return Future.join(sources.stream().map(DiscoveredTargets::stop).toList()).mapEmpty();
  }

  /** The part of a component; null = it exports no targets. */
  public @Nullable TargetNode node(String component) {
    return nodes.get(component);
  }

  /** All components that export targets, in config order. */
  public List<TargetNode> nodes() {
    return List.copyOf(nodes.values());
  }

  /** Targets at the place where they come into the graph, in config order of the places. */
  public List<Entrance> entrances() {
    List<Entrance> entrances = new ArrayList<>();
    literals.forEach(
        (component, targets) ->
            targets.forEach(
                target -> entrances.add(new Entrance(component, target, List.of(component)))));
    for (DiscoveredTargets source : sources) {
      List<String> next = users(source.component());
      source
          .targets()
          .forEach(target -> entrances.add(new Entrance(source.component(), target, next)));
    }
    return entrances;
  }

  /** What sources know of and make no target of. */
  public List<DroppedTarget> leftOut() {
    return sources.stream().flatMap(source -> source.dropped().stream()).toList();
  }

  /**
   * A target before anything was done to it.
   *
   * @param component that discovered it, or in whose config it is written out
   * @param next who works on it
   */
  public record Entrance(String component, Labels target, List<String> next) {}

  /** Ids of the components that refer to this one's targets. */
  public List<String> users(String component) {
    return List.copyOf(users.getOrDefault(component, List.of()));
  }

  /** One component's bug must not keep new targets from the others. */
  private void run(String component, Step step) {
    try {
      step.run();
    } catch (Throwable thrown) {
      log.atError()
          .addKeyValue("component", component)
          .setCause(thrown)
          .log("internal error while taking new targets, the last ones stay; please report it");
      if (nodes.get(component) instanceof TransformedTargets node) {
        node.broken(thrown);
      }
    }
  }

  private void propagate(String changed) {
    Set<String> affected = new LinkedHashSet<>(Set.of(changed));
    // Steps are kept in an order in which users come after what they use: one pass is enough.
    for (Map.Entry<String, Step> step : steps.entrySet()) {
      boolean uses =
          affected.stream()
              .anyMatch(id -> users.getOrDefault(id, List.of()).contains(step.getKey()));
      if (uses) {
        affected.add(step.getKey());
        run(step.getKey(), step.getValue());
      }
    }
  }

  private boolean ready(List<TargetSource> inputs) {
    return inputs.stream()
        .allMatch(
            input ->
                !(input instanceof TargetSource.Export export)
                    || nodes.get(export.component()) == null
                    || nodes.get(export.component()).ready());
  }

  private List<Labels> collect(List<TargetSource> inputs) {
    if (inputs.size() == 1 && inputs.get(0) instanceof TargetSource.Export only) {
      return exported(only);
    }
    List<Labels> all = new ArrayList<>();
    for (TargetSource input : inputs) {
      if (input instanceof TargetSource.Literal literal) {
        all.add(literal.labels());
      } else if (input instanceof TargetSource.Export export) {
        all.addAll(exported(export));
      }
    }
    return all;
  }

  private List<Labels> exported(TargetSource.Export export) {
    TargetNode node = nodes.get(export.component());
    return node == null ? List.of() : node.targets();
  }

  /** Config order for what is written out, address order for what was discovered. */
  private List<Labels> ordered(List<TargetSource> inputs) {
    List<Labels> all = new ArrayList<>();
    for (TargetSource input : inputs) {
      if (input instanceof TargetSource.Literal literal) {
        all.add(literal.labels());
      } else if (input instanceof TargetSource.Export export) {
        List<Labels> sorted = new ArrayList<>(exported(export));
        sorted.sort(STABLE);
        all.addAll(sorted);
      }
    }
    return all;
  }
}
