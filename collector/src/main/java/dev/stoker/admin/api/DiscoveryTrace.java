package dev.stoker.admin.api;

import dev.stoker.discovery.Decision;
import dev.stoker.discovery.DroppedTarget;
import dev.stoker.discovery.TargetGraph;
import dev.stoker.discovery.TargetNode;
import dev.stoker.discovery.TargetTransform;
import dev.stoker.labels.Labels;
import dev.stoker.scrape.loop.ScrapeComponent;
import dev.stoker.scrape.loop.TargetView;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Follows each discovered target through the graph. Label sets are the same objects from one
 * component to the next, so each is found by identity. Made for one answer.
 */
public final class DiscoveryTrace {
  /** A config may fan out: enough steps to see why, few enough to send. */
  private static final int MAX_STEPS = 64;

  private final TargetGraph graph;
  private final Map<String, Map<Labels, Decision>> transforms = new HashMap<>();
  private final Map<String, Map<Labels, List<TargetView>>> active = new HashMap<>();
  private final Map<String, Map<Labels, DroppedTarget>> refused = new HashMap<>();

  /**
   * A target and what became of it.
   *
   * @param source component that discovered it or in which it is written out
   * @param state scraped, dropped, or unused when nobody refers to it
   */
  public record Traced(String source, Labels labels, String state, List<Step> steps) {}

  /**
   * The step of a target through one component.
   *
   * @param after what goes on; for a scrape component the labels of its profiles, each once
   * @param loops of a scrape component
   * @param reason "" = not dropped here
   */
  public record Step(
      String component,
      Labels before,
      List<Labels> after,
      List<TargetView> loops,
      String reason,
      String detail) {}

  public DiscoveryTrace(TargetGraph graph, List<ScrapeComponent> scrapes) {
    this.graph = graph;
    for (TargetNode node : graph.nodes()) {
      Map<Labels, Decision> decisions = new IdentityHashMap<>();
      for (Decision decision : node.decisions()) {
        decision.inputs().forEach(input -> decisions.put(input, decision));
      }
      transforms.put(node.component(), decisions);
    }
    for (ScrapeComponent scrape : scrapes) {
      Map<Labels, List<TargetView>> loops = new IdentityHashMap<>();
      for (TargetView view : scrape.active()) {
        loops
            .computeIfAbsent(view.target().discoveredLabels(), ignored -> new ArrayList<>())
            .add(view);
      }
      active.put(scrape.component(), loops);
      Map<Labels, DroppedTarget> drops = new IdentityHashMap<>();
      scrape.dropped().forEach(drop -> drops.putIfAbsent(drop.discoveredLabels(), drop));
      refused.put(scrape.component(), drops);
    }
  }

  List<Traced> all() {
    return Stream.concat(
            graph.entrances().stream().map(this::trace),
            graph.leftOut().stream().map(DiscoveryTrace::leftOut))
        .toList();
  }

  /** The source knows of it and makes no target of it. */
  private static Traced leftOut(DroppedTarget left) {
    Labels labels = left.discoveredLabels();
    Step step =
        new Step(
            left.component(), labels, List.of(), List.of(), label(left.reason()), left.detail());
    return new Traced(left.component(), labels, "dropped", List.of(step));
  }

  private Traced trace(TargetGraph.Entrance entrance) {
    List<Step> steps = new ArrayList<>();
    Deque<Step> open = new ArrayDeque<>();
    entrance.next().forEach(component -> open.add(step(component, entrance.target())));
    while (!open.isEmpty() && steps.size() < MAX_STEPS) {
      Step step = open.remove();
      steps.add(step);
      if (transforms.containsKey(step.component())) {
        for (String user : graph.users(step.component())) {
          step.after().forEach(labels -> open.add(step(user, labels)));
        }
      }
    }
    boolean scraped = steps.stream().anyMatch(step -> !step.loops().isEmpty());
    boolean dropped = steps.stream().anyMatch(step -> !step.reason().isEmpty());
    String state = scraped ? "scraped" : dropped ? "dropped" : "unused";
    return new Traced(entrance.component(), entrance.target(), state, List.copyOf(steps));
  }

  private Step step(String component, Labels before) {
    Map<Labels, Decision> decisions = transforms.get(component);
    return decisions == null ? scrape(component, before) : decided(component, before, decisions);
  }

  private static Step decided(String component, Labels before, Map<Labels, Decision> decisions) {
    Decision decision = decisions.get(before);
    if (decision == null) {
      return new Step(component, before, List.of(), List.of(), "", "not worked on yet");
    }
    for (TargetTransform.Drop drop : decision.dropped()) {
      if (drop.target() == before) {
        List<Labels> after = drop.partly() ? decision.outputs() : List.of();
        return new Step(component, before, after, List.of(), label(drop.reason()), drop.detail());
      }
    }
    return new Step(component, before, decision.outputs(), List.of(), "", "");
  }

  private Step scrape(String component, Labels before) {
    List<TargetView> loops =
        active.getOrDefault(component, Map.of()).getOrDefault(before, List.of());
    DroppedTarget drop = refused.getOrDefault(component, Map.of()).get(before);
    List<Labels> after = loops.stream().map(loop -> loop.target().labels()).limit(1).toList();
    return drop == null
        ? new Step(component, before, after, loops, "", "")
        : new Step(component, before, after, loops, label(drop.reason()), drop.detail());
  }

  private static String label(DroppedTarget.Reason reason) {
    return reason.name().toLowerCase(Locale.ROOT);
  }
}
