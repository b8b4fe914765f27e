package dev.stoker.discovery;

import dev.stoker.concurrent.Timers;
import dev.stoker.discovery.ComponentHealth.State;
import dev.stoker.labels.Labels;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running discovery component: holds the last good groups of its discoverer, and exports them in
 * a stable order. An unreachable source never empties the targets.
 */
final class DiscoveredTargets implements TargetNode, Discoverer.Listener {
  /** The only label of a group without room: of which source it is. */
  private static final String LEFT_OUT = "__stoker_left_out__";

  /** How often it is looked whether what was left out has room now. */
  private static final long RETRY_MILLIS = 60_000;

  private static final Logger log = LoggerFactory.getLogger(DiscoveredTargets.class);

  /** Of targets that come or go at once. */
  private static final int LOGGED_CHANGES = 1_000;

  private final String component;
  private final Discoverer discoverer;
  private final Coalescer coalescer;
  private Runnable changed;
  private final TreeMap<String, TargetGroup> groups = new TreeMap<>();
  private final GroupSizes sizes;
  private final Timers timers;
  private Timers.@Nullable Cancellable retry;
  private List<Labels> targets = List.of();
  private ComponentHealth health = ComponentHealth.STARTING;
  private boolean first = true;

  /** Groups are there that are to be exported with the next update. */
  private boolean begun;

  private boolean inherited;

  /** The groups of a predecessor, until the start. */
  private List<TargetGroup> left = List.of();

  /** Groups of a predecessor of which the source has not said yet whether they are there. */
  private final Set<String> unconfirmed = new HashSet<>();

  private boolean stopped;

  /**
   * @param changed called after the exported targets are new ones, or the first result is there
   */
  DiscoveredTargets(
      String component,
      Discoverer discoverer,
      Timers timers,
      TargetBudget budget,
      Runnable changed) {
    this.component = component;
    this.timers = timers;
    this.sizes = new GroupSizes(GroupSizes.MOST, budget);
    this.discoverer = discoverer;
    this.changed = changed;
    this.coalescer = new Coalescer(timers, this::export);
  }

  /** Another graph is to know from now on. */
  void onChange(Runnable tell) {
    changed = tell;
  }

  /**
   * What a predecessor with another config has exported is in use until the first own result. Where
   * that result is one in part, the other groups of the predecessor stay: a reload must not lose
   * the targets of a source that fails just then.
   */
  void inherit(DiscoveredTargets last) {
    targets = last.targets;
    left = List.copyOf(last.groups.values());
    inherited = true;
  }

  void start() {
    timers.control().assertOn();
    for (TargetGroup group : left) {
      unconfirmed.add(group.source());
      if (sizes.fits(group)) {
        groups.put(group.source(), group);
      }
    }
    left = List.of();
    discoverer.start(this);
  }

  Future<Void> stop() {
    timers.control().assertOn();
    stopped = true;
    coalescer.stop();
    sizes.close();
    if (retry != null) {
      retry.cancel();
    }
    return discoverer.stop();
  }

  /** Gives back its room in the budget: another takes its place and {@link #stop} comes next. */
  void giveBack() {
    sizes.close();
  }

  @Override
  public void begin(List<TargetGroup> some) {
    timers.control().assertOn();
    begun |= merge(some);
  }

  @Override
  public void update(List<TargetGroup> updated) {
    timers.control().assertOn();
    boolean any = takeAll(withoutUnconfirmed(updated));
    String leftOut = sizes.leftOut();
    if (leftOut.isEmpty()) {
      works(any);
    } else {
      inPart(any, leftOut);
    }
  }

  @Override
  public void updateInPart(List<TargetGroup> updated, String problem) {
    timers.control().assertOn();
    boolean any = takeAll(updated);
    String leftOut = sizes.leftOut();
    inPart(any, leftOut.isEmpty() ? problem : problem + "; " + leftOut);
  }

  /** After a whole result, what the source has not told is not there. */
  private List<TargetGroup> withoutUnconfirmed(List<TargetGroup> updated) {
    if (unconfirmed.isEmpty()) {
      return updated;
    }
    updated.forEach(group -> unconfirmed.remove(group.source()));
    List<TargetGroup> all = new ArrayList<>(updated);
    unconfirmed.forEach(source -> all.add(new TargetGroup(source, List.of())));
    return all;
  }

  /** With what has begun before. */
  private boolean takeAll(List<TargetGroup> updated) {
    boolean any = merge(updated) || begun;
    begun = false;
    return any;
  }

  /** Its first targets are exported at once: who looks once must see them. */
  private void inPart(boolean any, String problem) {
    if (first && !stopped) {
      first = false;
      export();
    } else if (any && !stopped) {
      coalescer.changed();
    }
    failed(problem);
  }

  private void tryAgain() {
    boolean leavesOut = !sizes.sourcesLeftOut().isEmpty() || discoverer.leavesOut();
    if (retry == null && !stopped && leavesOut) {
      retry =
          timers.after(
              RETRY_MILLIS,
              () -> {
                retry = null;
                if (sizes.hasRoomFor(discoverer.smallestLeftOut())) {
                  discoverer.again();
                }
                tryAgain();
              });
    }
  }

  /** Whether anything is another. */
  private boolean merge(List<TargetGroup> updated) {
    boolean any = false;
    for (TargetGroup group : updated) {
      if (stopped) {
        continue;
      }
      unconfirmed.remove(group.source());
      if (!sizes.fits(group)) {
        any |= groups.remove(group.source()) != null;
        continue;
      }
      TargetGroup before =
          group.isEmpty() ? groups.remove(group.source()) : groups.put(group.source(), group);
      if (group.equals(before)) {
        // The very same labels stay, so that nobody works on them again.
        groups.put(group.source(), before);
        continue;
      }
      any |=
          before == null ? !group.targets().isEmpty() : !before.targets().equals(group.targets());
    }
    tryAgain();
    return any;
  }

  @Override
  public void replace(List<TargetGroup> all) {
    update(withRemoved(all, Set.of()));
  }

  @Override
  public void replaceInPart(List<TargetGroup> all, String problem) {
    updateInPart(withRemoved(all, unconfirmed), problem);
  }

  /**
   * @param stay sources that may be in the part that does not work
   */
  private List<TargetGroup> withRemoved(List<TargetGroup> all, Set<String> stay) {
    timers.control().assertOn();
    Map<String, TargetGroup> wanted = new HashMap<>();
    all.forEach(group -> wanted.put(group.source(), group));
    List<TargetGroup> updated = new ArrayList<>(wanted.values());
    Set<String> known = new HashSet<>(groups.keySet());
    known.addAll(sizes.sourcesLeftOut());
    known.removeAll(stay);
    for (String source : known) {
      if (!wanted.containsKey(source)) {
        updated.add(new TargetGroup(source, List.of()));
      }
    }
    return updated;
  }

  private void works(boolean any) {
    if (stopped) {
      return;
    }
    if (health.state() == State.UNHEALTHY) {
      log.atInfo().addKeyValue("component", component).log("discovery works again");
    }
    boolean wasFirst = first;
    first = false;
    health = new ComponentHealth(State.HEALTHY, groups.size() + " groups");
    if (wasFirst) {
      export();
    } else if (any) {
      coalescer.changed();
    }
  }

  @Override
  public void failed(String message) {
    timers.control().assertOn();
    if (stopped) {
      return;
    }
    boolean news = health.state() != State.UNHEALTHY;
    health = new ComponentHealth(State.UNHEALTHY, message);
    if (news) {
      log.atWarn()
          .addKeyValue("component", component)
          .addKeyValue("targets_kept", targets.size())
          .log("discovery failed: {}", message);
    }
    if (first) {
      first = false;
      changed.run();
    }
  }

  private void export() {
    List<Labels> all = new ArrayList<>();
    groups.values().forEach(group -> all.addAll(group.targets()));
    if (log.isDebugEnabled()) {
      changes("a target is added", all, targets);
      changes("a target is removed", targets, all);
    }
    targets = List.copyOf(all);
    if (health.state() == State.HEALTHY) {
      health = new ComponentHealth(State.HEALTHY, count(targets.size()));
    }
    changed.run();
  }

  private void changes(String message, List<Labels> some, List<Labels> others) {
    Set<Labels> left = new LinkedHashSet<>(some);
    others.forEach(left::remove);
    left.stream()
        .limit(LOGGED_CHANGES)
        .forEach(
            target ->
                log.atDebug()
                    .addKeyValue("component", component)
                    .addKeyValue("target", target)
                    .log(message));
    if (left.size() > LOGGED_CHANGES) {
      log.atDebug()
          .addKeyValue("component", component)
          .addKeyValue("targets", left.size() - LOGGED_CHANGES)
          .log("{}: there are more of these", message);
    }
  }

  private static String count(int targets) {
    return targets == 1 ? "1 target" : targets + " targets";
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
    List<DroppedTarget> all = new ArrayList<>();
    for (TargetGroup group : groups.values()) {
      for (TargetTransform.Drop drop : group.dropped()) {
        all.add(new DroppedTarget(component, drop.target(), drop.reason(), drop.detail()));
      }
    }
    for (String source : sizes.sourcesLeftOut()) {
      Labels label = Labels.of(LEFT_OUT, source);
      all.add(new DroppedTarget(component, label, DroppedTarget.Reason.LIMIT, sizes.whyLeftOut()));
    }
    return all;
  }

  @Override
  public List<Decision> decisions() {
    return List.of();
  }

  @Override
  public ComponentHealth health() {
    return health;
  }

  @Override
  public boolean ready() {
    return inherited || !first;
  }
}
