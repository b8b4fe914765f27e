package dev.stoker.discovery;

import dev.stoker.discovery.NodeHealth.State;
import dev.stoker.labels.Labels;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A component between discovery and scrape, such as discovery.relabel. Label sets it has seen in
 * the last round are not worked on again: one changed pod among ten thousand costs one. Control
 * context only.
 */
final class TransformedTargets implements TargetNode {
  private final String component;
  private final TargetTransform transform;
  private Map<Object, Worked> known = Map.of();
  private List<Labels> targets = List.of();
  private List<DroppedTarget> dropped = List.of();
  private boolean ready;

  TransformedTargets(String component, TargetTransform transform) {
    this.component = component;
    this.transform = transform;
  }

  /** What came of a group of targets. */
  private record Worked(List<Labels> group, TargetTransform.Result result) {
    /**
     * The very same targets, not only equal ones: labels are kept while their source is the same.
     */
    boolean isOf(List<Labels> others) {
      if (group.size() != others.size()) {
        return false;
      }
      for (int i = 0; i < group.size(); i++) {
        if (group.get(i) != others.get(i)) {
          return false;
        }
      }
      return true;
    }
  }

  /**
   * @param inputReady all of its inputs have had a first result
   */
  void input(List<Labels> input, boolean inputReady) {
    Map<Object, List<Labels>> groups = new LinkedHashMap<>(input.size() * 2);
    for (Labels labels : input) {
      groups.computeIfAbsent(transform.group(labels), ignored -> new ArrayList<>(2)).add(labels);
    }
    Map<Object, Worked> results = new HashMap<>(groups.size() * 2);
    List<Labels> out = new ArrayList<>(input.size());
    List<DroppedTarget> drops = new ArrayList<>();
    groups.forEach(
        (key, group) -> {
          Worked worked = known.get(key);
          if (worked == null || !worked.isOf(group)) {
            worked = new Worked(group, transform.apply(group));
          }
          results.put(key, worked);
          out.addAll(worked.result().targets());
          for (TargetTransform.Drop drop : worked.result().dropped()) {
            drops.add(new DroppedTarget(component, drop.target(), drop.reason(), drop.detail()));
          }
        });
    known = results;
    targets = List.copyOf(out);
    dropped = List.copyOf(drops);
    ready = inputReady;
  }

  @Override
  public String component() {
    return component;
  }

  @Override
  public List<Labels> targets() {
    return targets;
  }

  @Override
  public List<DroppedTarget> dropped() {
    return dropped;
  }

  @Override
  public List<Decision> decisions() {
    return known.values().stream()
        .map(w -> new Decision(w.group(), w.result().targets(), w.result().dropped()))
        .toList();
  }

  @Override
  public NodeHealth health() {
    return ready
        ? new NodeHealth(State.HEALTHY, targets.size() + " targets, " + dropped.size() + " dropped")
        : NodeHealth.STARTING;
  }

  @Override
  public boolean ready() {
    return ready;
  }
}
