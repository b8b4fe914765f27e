package dev.stoker.discovery;

import dev.stoker.concurrent.Timers;
import dev.stoker.discovery.ComponentHealth.State;
import dev.stoker.labels.Labels;
import io.vertx.core.Future;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running discovery component: holds the last good groups of its discoverer, and exports them in
 * a stable order. An unreachable source never empties the targets.
 */
final class DiscoveredTargets implements TargetNode, Discoverer.Listener {
  /** How often it is looked whether what was left out has room now. */
  private static final long RETRY_MILLIS = 60_000;

  private static final Logger log = LoggerFactory.getLogger(DiscoveredTargets.class);

  private final String component;
  private final Discoverer discoverer;
  private final Coalescer coalescer;
  private final TargetChangeLog changes;
  private Runnable changed;
  private final HeldGroups groups;
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
    this.groups = new HeldGroups(new GroupSizes(GroupSizes.MOST, budget));
    this.changes = new TargetChangeLog(component);
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
    left = last.groups.all();
    inherited = true;
  }

  void start() {
    timers.control().assertOn();
    groups.inherit(left);
    left = List.of();
    discoverer.start(this);
  }

  Future<Void> stop() {
    timers.control().assertOn();
    stopped = true;
    coalescer.stop();
    groups.close();
    if (retry != null) {
      retry.cancel();
    }
    return discoverer.stop();
  }

  /** Gives back its room in the budget: another takes its place and {@link #stop} comes next. */
  void giveBack() {
    groups.close();
  }

  @Override
  public void begin(List<TargetGroup> some) {
    timers.control().assertOn();
    begun |= merge(some);
  }

  @Override
  public void update(List<TargetGroup> updated) {
    timers.control().assertOn();
    boolean any = takeAll(groups.withoutUnconfirmed(updated));
    String leftOut = groups.leftOut();
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
    String leftOut = groups.leftOut();
    inPart(any, leftOut.isEmpty() ? problem : problem + "; " + leftOut);
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
    boolean leavesOut = groups.leavesOut() || discoverer.leavesOut();
    if (retry == null && !stopped && leavesOut) {
      retry =
          timers.after(
              RETRY_MILLIS,
              () -> {
                retry = null;
                if (groups.hasRoomFor(discoverer.smallestLeftOut())) {
                  discoverer.again();
                }
                tryAgain();
              });
    }
  }

  /** Whether anything is another. */
  private boolean merge(List<TargetGroup> updated) {
    boolean any = !stopped && groups.merge(updated);
    tryAgain();
    return any;
  }

  @Override
  public void replace(List<TargetGroup> all) {
    timers.control().assertOn();
    update(groups.withRemoved(all));
  }

  @Override
  public void replaceInPart(List<TargetGroup> all, String problem) {
    timers.control().assertOn();
    updateInPart(groups.withRemovedInPart(all), problem);
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
          .addKeyValue("error", message)
          .log("discovery failed");
    }
    if (first) {
      first = false;
      changed.run();
    }
  }

  private void export() {
    List<Labels> all = groups.targets();
    changes.log(all, targets);
    targets = all;
    if (health.state() == State.HEALTHY) {
      health = new ComponentHealth(State.HEALTHY, count(targets.size()));
    }
    changed.run();
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
    return groups.dropped(component);
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
