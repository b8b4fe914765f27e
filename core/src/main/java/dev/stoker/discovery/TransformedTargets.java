package dev.stoker.discovery;

import dev.stoker.discovery.ComponentHealth.State;
import dev.stoker.labels.Labels;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A component between discovery and scrape, such as discovery.relabel. Label sets it has seen in
 * the last round are not worked on again: one changed pod among ten thousand costs one.
 */
final class TransformedTargets implements TargetNode {
  private static final Logger log = LoggerFactory.getLogger(TransformedTargets.class);

  private final String component;
  private final TargetTransform transform;
  private Map<Object, Worked> known = Map.of();
  private List<Labels> targets = List.of();
  private List<DroppedTarget> dropped = List.of();
  private boolean ready;
  private String broken = "";

  /** Of the round that runs. */
  private String brokenNow = "";

  TransformedTargets(String component, TargetTransform transform) {
    this.component = component;
    this.transform = transform;
  }

  /**
   * What came of a group of targets.
   *
   * @param bug "" = none, else what went wrong
   */
  private record Worked(List<Labels> group, TargetTransform.Result result, String bug) {
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
    brokenNow = "";
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
            worked = apply(group);
          }
          brokenNow = worked.bug().isEmpty() ? brokenNow : worked.bug();
          results.put(key, worked);
          out.addAll(worked.result().targets());
          for (TargetTransform.Drop drop : worked.result().dropped()) {
            drops.add(new DroppedTarget(component, drop.target(), drop.reason(), drop.detail()));
          }
        });
    known = results;
    broken = brokenNow;
    targets = List.copyOf(out);
    dropped = List.copyOf(drops);
    ready = inputReady;
  }

  /** A bug costs the targets of one group, which are shown as dropped, and no others. */
  private Worked apply(List<Labels> group) {
    try {
      return new Worked(group, transform.apply(group), "");
    } catch (Throwable thrown) {
      if (brokenNow.isEmpty()) {
        log.atError()
            .addKeyValue("component", component)
            .addKeyValue("target", group.get(0))
            .setCause(thrown)
            .log("internal error while working on a target; please report it");
      }
      String bug = "internal error, see the log: " + thrown;
      List<TargetTransform.Drop> all =
          group.stream()
              .map(target -> new TargetTransform.Drop(target, DroppedTarget.Reason.INVALID, bug))
              .toList();
      return new Worked(group, new TargetTransform.Result(List.of(), all), bug);
    }
  }

  /** The last round has failed as a whole: its last targets stay. */
  void broken(Throwable thrown) {
    broken = "internal error, see the log: " + thrown;
    ready = true;
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
  public ComponentHealth health() {
    if (!broken.isEmpty()) {
      return new ComponentHealth(State.UNHEALTHY, broken);
    }
    return ready
        ? new ComponentHealth(
            State.HEALTHY, targets.size() + " targets, " + dropped.size() + " dropped")
        : ComponentHealth.STARTING;
  }

  @Override
  public boolean ready() {
    return ready;
  }
}
