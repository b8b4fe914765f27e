package dev.stoker.scrape.budget;

import dev.stoker.discovery.DroppedTarget;
import dev.stoker.discovery.TargetList;
import dev.stoker.labels.Labels;
import dev.stoker.scrape.target.Budget;
import dev.stoker.scrape.target.ScrapeConfig;
import dev.stoker.scrape.target.Target;
import dev.stoker.scrape.target.TargetFactory;
import dev.stoker.scrape.target.Targets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * The targets of one component, of which only those whose turn it is are scraped. A target is
 * expanded once, when it is new, to find its group and process; one that is left out costs an entry
 * in a table from then on. Owned by the control context; the counts may be read on any thread.
 */
public final class BudgetedTargets {
  /**
   * One discovered target.
   *
   * @param group null = it is invalid, or has no profile types, and takes no part
   * @param name of the group
   * @param address of the process
   */
  private record Member(
      @Nullable Group group, Group.@Nullable Process process, String name, String address) {
    static final Member OUTSIDE = new Member(null, null, "", "");

    boolean isLeftOut() {
      return process != null && !process.isChosen();
    }
  }

  private final ScrapeConfig config;
  private final Budget budget;
  private final TargetFactory factory;
  private final Turns turns;
  private final Map<Labels, Member> members = new IdentityHashMap<>();
  private final Map<String, Group> groups = new HashMap<>();
  private List<DroppedTarget> leftOut = List.of();
  private volatile int chosenCount;
  private volatile int leftOutCount;

  public BudgetedTargets(ScrapeConfig config) {
    this.config = config;
    this.budget = config.budget();
    this.factory = new TargetFactory(config);
    this.turns = new Turns(budget.rotate());
  }

  /**
   * Chooses.
   *
   * @param nowMillis Unix milliseconds
   * @return the targets whose turn it is, the very same label sets
   */
  public TargetList admit(TargetList all, long nowMillis) {
    if (!budget.isSet()) {
      return all;
    }
    take(all.unordered());
    int chosen = 0;
    int waiting = 0;
    for (Group group : groups.values()) {
      group.choose(budget, turns, nowMillis);
      chosen += group.chosen();
      waiting += group.leftOut();
    }
    chosenCount = chosen;
    leftOutCount = waiting;
    leftOut = waiting == 0 ? List.of() : collectLeftOut();
    return waiting == 0
        ? all
        : new TargetList(kept(all.unordered()), () -> kept(all.inStableOrder()));
  }

  /** What is scraped at this moment, and what not. */
  public Targets targets(TargetList all, long nowMillis) {
    Targets made = factory.create(admit(all, nowMillis).inStableOrder());
    List<DroppedTarget> dropped = new ArrayList<>(made.dropped());
    dropped.addAll(leftOut);
    return new Targets(made.active().stream().map(this::labelled).toList(), dropped);
  }

  private void take(List<Labels> all) {
    Map<Labels, Member> before = new IdentityHashMap<>(members);
    members.clear();
    for (Labels labels : all) {
      Member known = before.remove(labels);
      if (known != null) {
        members.put(labels, known);
      } else {
        members.computeIfAbsent(labels, this::enter);
      }
    }
    before.values().forEach(this::leave);
  }

  private Member enter(Labels labels) {
    List<Target> targets = factory.expandOne(labels).targets();
    if (targets.isEmpty()) {
      return Member.OUTSIDE;
    }
    Target first = targets.get(0);
    String name = groupName(first.labels());
    Group group = groups.computeIfAbsent(name, Group::new);
    return new Member(group, group.add(first.process()), name, first.process());
  }

  private String groupName(Labels labels) {
    StringJoiner name = new StringJoiner(", ");
    budget.by().forEach(label -> name.add(label + "=\"" + labels.get(label) + "\""));
    return name.toString();
  }

  private void leave(Member member) {
    Group group = member.group();
    if (group != null) {
      group.remove(member.address());
      if (group.isEmpty()) {
        groups.remove(member.name());
      }
    }
  }

  private List<Labels> kept(List<Labels> all) {
    List<Labels> kept = new ArrayList<>();
    for (Labels labels : all) {
      Member member = members.get(labels);
      if (member == null || !member.isLeftOut()) {
        kept.add(labels);
      }
    }
    return kept;
  }

  private List<DroppedTarget> collectLeftOut() {
    List<DroppedTarget> drops = new ArrayList<>();
    members.forEach(
        (labels, member) -> {
          Group group = member.group();
          if (group != null && member.isLeftOut()) {
            drops.add(
                new DroppedTarget(
                    config.component(), labels, DroppedTarget.Reason.BUDGET, group.why()));
          }
        });
    return drops;
  }

  /** Those whose turn it is not. */
  public List<DroppedTarget> leftOut() {
    return leftOut;
  }

  /** The target is still there, and waits for its next turn. */
  public boolean isOutOfTurn(Target target) {
    return leftOutCount > 0
        && groups.values().stream().anyMatch(group -> group.waits(target.process()));
  }

  /** A target with the label that says how much of its group is scraped, if there is to be one. */
  public Target labelled(Target target) {
    Member member = members.get(target.discoveredLabels());
    Group group = member == null ? null : member.group();
    return group == null || budget.shareLabel().isEmpty()
        ? target
        : target.with(budget.shareLabel(), Integer.toString(group.share()));
  }

  /** Whether {@link #labelled} may change labels. */
  public boolean labels() {
    return budget.isSet() && !budget.shareLabel().isEmpty();
  }

  /** When the turns change next, in Unix milliseconds; the end of time when never. */
  public long nextTurn(long nowMillis) {
    return leftOutCount == 0 ? Long.MAX_VALUE : turns.next(nowMillis);
  }

  /** How many processes are scraped. */
  public int chosenCount() {
    return chosenCount;
  }

  /** How many processes wait. */
  public int leftOutCount() {
    return leftOutCount;
  }
}
