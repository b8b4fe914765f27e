package dev.stoker.discovery;

import dev.stoker.discovery.NodeHealth.State;
import dev.stoker.labels.Labels;
import java.util.ArrayList;
import java.util.IdentityHashMap;
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
  private Map<Labels, TargetTransform.Result> known = Map.of();
  private List<Labels> targets = List.of();
  private List<DroppedTarget> dropped = List.of();
  private boolean ready;

  TransformedTargets(String component, TargetTransform transform) {
    this.component = component;
    this.transform = transform;
  }

  /**
   * @param inputReady all of its inputs have had a first result
   */
  void input(List<Labels> input, boolean inputReady) {
    Map<Labels, TargetTransform.Result> results = new IdentityHashMap<>(input.size() * 2);
    List<Labels> out = new ArrayList<>(input.size());
    List<DroppedTarget> drops = new ArrayList<>();
    for (Labels labels : input) {
      TargetTransform.Result result = known.get(labels);
      if (result == null) {
        result = transform.apply(labels);
      }
      results.put(labels, result);
      out.addAll(result.targets());
      for (TargetTransform.Drop drop : result.dropped()) {
        drops.add(new DroppedTarget(component, labels, drop.reason(), drop.detail()));
      }
    }
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
