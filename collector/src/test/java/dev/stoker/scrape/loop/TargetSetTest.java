package dev.stoker.scrape.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.discovery.DroppedTarget;
import dev.stoker.discovery.TargetBudget;
import dev.stoker.discovery.TargetList;
import dev.stoker.labels.Labels;
import dev.stoker.scrape.target.ScrapeLimits;
import dev.stoker.scrape.target.Target;
import dev.stoker.scrape.target.TargetFactory;
import dev.stoker.scrape.target.Targets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Round by round must come to what one whole round over the last list comes to. */
class TargetSetTest {
  private static final long SEED = Long.getLong("stoker.fuzz.seed", 20261124);

  @Test
  void anyHistory_endsAsOneWholeRound() {
    SplittableRandom random = new SplittableRandom(SEED);
    int parts = 0;
    for (int life = 0; life < 200; life++) {
      TargetFactory factory = new TargetFactory(Configs.of(Configs.MEMORY, Configs.CPU));
      TargetSet set = new TargetSet(factory, TargetBudget.unbounded());
      Map<String, Target> loops = new HashMap<>();
      List<Labels> targets = new ArrayList<>();
      for (int round = 0; round < 15; round++) {
        change(targets, random, life % 4 == 0);
        List<Labels> shuffled = shuffled(targets, random);
        TargetSet.Change change = set.update(new TargetList(shuffled, () -> ordered(shuffled)));
        parts += change.whole() ? 0 : 1;
        apply(change, loops);

        Targets whole = factory.create(ordered(shuffled));
        String what = "seed " + SEED + " life " + life + " round " + round;
        assertThat(loops)
            .as(what)
            .isEqualTo(whole.active().stream().collect(Collectors.toMap(Target::key, t -> t)));
        assertThat(bag(change.dropped())).as(what).isEqualTo(bag(whole.dropped()));
      }
    }
    // Else the generator is no good.
    assertThat(parts).isGreaterThan(1_000);
  }

  @Test
  void withoutRoom_loopsThatRunStay_whateverComes_andTheRestIsLeftOutWithTheNumberThatFits() {
    TargetFactory factory = new TargetFactory(Configs.of(Configs.MEMORY));
    TargetBudget budget = room(factory, 10);
    TargetSet set = new TargetSet(factory, budget);
    Map<String, Target> loops = new HashMap<>();
    List<Labels> targets = new ArrayList<>();
    for (int i = 50; i < 60; i++) {
      targets.add(target(i, "first"));
    }
    apply(round(set, targets), loops);
    assertThat(loops).hasSize(10);
    assertThat(set.leftOut()).isEmpty();

    // Those that come before them in the stable order take no place of a running loop.
    Set<String> running = Set.copyOf(loops.keySet());
    for (int i = 10; i < 50; i++) {
      targets.add(target(i, "later"));
    }
    TargetSet.Change change = round(set, targets);
    apply(change, loops);
    assertThat(loops.keySet()).isEqualTo(running);
    assertThat(set.leftOut()).startsWith("40 of 50 targets are left out (reason limit)");
    assertThat(change.dropped())
        .hasSize(40)
        .allMatch(drop -> drop.reason() == DroppedTarget.Reason.LIMIT)
        .allMatch(drop -> drop.detail().contains("; 10 fit into the "))
        .extracting(drop -> drop.discoveredLabels().get("v"))
        .containsOnly("later");

    // All labels change at once, while others wait: the same loops go on.
    targets.replaceAll(labels -> labels.toBuilder().set("v", "other").build());
    apply(round(set, targets), loops);
    assertThat(loops.keySet()).isEqualTo(running);
    assertThat(loops.values()).allMatch(target -> target.labels().get("v").equals("other"));

    // With room again, the first of those that wait come in.
    targets.removeIf(labels -> labels.get("__address__").equals("h:55"));
    targets.removeIf(labels -> labels.get("__address__").equals("h:56"));
    apply(round(set, targets), loops);
    assertThat(loops).hasSize(10);
    assertThat(loops.values())
        .extracting(target -> target.url().getPort())
        .contains(10, 11)
        .doesNotContain(12, 55, 56);
  }

  @Test
  void anotherConfig_takesTheRoomOfTheFormerOne_forTheLoopsThatRun() {
    TargetFactory factory = new TargetFactory(Configs.of(Configs.MEMORY));
    TargetBudget budget = room(factory, 10);
    TargetSet set = new TargetSet(factory, budget);
    List<Labels> targets = new ArrayList<>();
    for (int i = 10; i < 60; i++) {
      targets.add(target(i, "first"));
    }
    Set<String> running = keys(round(set, targets));
    assertThat(running).hasSize(10);

    TargetSet next = set.after(new TargetFactory(Configs.of(Configs.MEMORY, Configs.GOROUTINE)));
    targets.add(target(1, "new"));
    Set<String> after = keys(round(next, targets));
    // Six label sets with two loops each have room where ten with one had.
    assertThat(after).hasSize(12);
    assertThat(after.stream().filter(key -> key.contains("memory"))).allMatch(running::contains);
    assertThat(budget.used()).isBetween(budget.most() / 2, budget.most());

    next.release();
    assertThat(budget.used()).isZero();
  }

  @Test
  void twoComponents_shareTheRoom_andWhatOneGivesBackIsTheOthers() {
    TargetFactory factory = new TargetFactory(Configs.of(Configs.MEMORY));
    TargetBudget budget = room(factory, 10);
    List<Labels> targets = new ArrayList<>();
    for (int i = 10; i < 17; i++) {
      targets.add(target(i, "v"));
    }
    TargetSet one = new TargetSet(factory, budget);
    TargetSet two = new TargetSet(factory, budget);
    assertThat(keys(round(one, targets))).hasSize(7);
    assertThat(keys(round(two, targets))).hasSize(3);
    assertThat(two.hasRoom()).isFalse();
    assertThat(one.leftOut()).isEmpty();
    assertThat(two.leftOut()).startsWith("4 of 7 targets");

    one.release();
    assertThat(two.hasRoom()).isTrue();
    assertThat(round(two, targets).wanted()).hasSize(4);
    assertThat(two.leftOut()).isEmpty();
  }

  @Test
  void aTargetLimit_takesRoomOnlyForWhatItLetsIn() {
    ScrapeLimits limits = new ScrapeLimits(16 << 20, 64 << 20, 5, 0, 0, 0);
    TargetFactory factory = new TargetFactory(Configs.with(Map.of(), limits, Configs.MEMORY));
    TargetBudget budget = room(factory, 10);
    TargetSet set = new TargetSet(factory, budget);
    List<Labels> targets = new ArrayList<>();
    for (int i = 10; i < 60; i++) {
      targets.add(target(i, "v"));
    }
    TargetSet.Change change = round(set, targets);
    assertThat(change.wanted()).hasSize(5);
    assertThat(budget.used()).isLessThan(budget.most() * 6 / 10);
    assertThat(change.dropped())
        .hasSize(45)
        .allMatch(drop -> drop.detail().equals("target_limit = 5 is reached"));

    // With room for less than the limit, room decides.
    TargetSet tight = new TargetSet(factory, room(factory, 3));
    change = round(tight, targets);
    assertThat(change.wanted()).hasSize(3);
    assertThat(change.dropped()).hasSize(47);
    assertThat(tight.leftOut()).isEqualTo(change.dropped().get(0).detail()).contains("; 3 fit ");
  }

  @Test
  void aLoopThatKeepsAConnectionBusy_takesRoomForIt() {
    Labels target = target(10, "v");
    long quick = LoopWeight.of(new TargetFactory(Configs.of(Configs.GOROUTINE)).expandOne(target));
    long timed = LoopWeight.of(new TargetFactory(Configs.of(Configs.CPU)).expandOne(target));
    assertThat(timed - quick).isBetween(12_000L, 16_000L);
  }

  /** For so many targets with one loop, and the reserve. */
  private static TargetBudget room(TargetFactory factory, int targets) {
    long one = LoopWeight.of(factory.expandOne(target(10, "first")));
    return new TargetBudget((targets * one + one / 2) * 32 / 31);
  }

  private static Labels target(int port, String v) {
    return Labels.of("__address__", "h:" + port, "v", v);
  }

  private static TargetSet.Change round(TargetSet set, List<Labels> targets) {
    List<Labels> now = List.copyOf(targets);
    return set.update(new TargetList(now, () -> ordered(now)));
  }

  private static Set<String> keys(TargetSet.Change change) {
    return change.wanted().stream().map(Target::key).collect(Collectors.toSet());
  }

  /** As the pool does it. */
  private static void apply(TargetSet.Change change, Map<String, Target> loops) {
    if (change.whole()) {
      Set<String> wanted =
          change.wanted().stream().map(Target::key).collect(Collectors.toCollection(HashSet::new));
      loops.keySet().retainAll(wanted);
    } else {
      loops.keySet().removeAll(change.removed());
    }
    change.wanted().forEach(target -> loops.put(target.key(), target));
  }

  private static void change(List<Labels> targets, SplittableRandom random, boolean duplicates) {
    for (int i = random.nextInt(4); i >= 0; i--) {
      int kind = random.nextInt(10);
      if (kind < 4 || targets.isEmpty()) {
        String port = Integer.toString(1 + random.nextInt(duplicates ? 8 : 10_000));
        String address = kind == 0 ? "bad address" : "h:" + port;
        targets.add(Labels.of("__address__", address, "v", Integer.toString(random.nextInt(3))));
      } else if (kind < 7) {
        targets.remove(random.nextInt(targets.size()));
      } else {
        int at = random.nextInt(targets.size());
        targets.set(at, targets.get(at).toBuilder().set("v", "new" + random.nextInt(99)).build());
      }
    }
  }

  private static List<Labels> ordered(List<Labels> targets) {
    List<Labels> ordered = new ArrayList<>(targets);
    ordered.sort(
        Comparator.comparing((Labels labels) -> labels.get("__address__"))
            .thenComparing(Comparator.naturalOrder()));
    return ordered;
  }

  private static List<Labels> shuffled(List<Labels> targets, SplittableRandom random) {
    List<Labels> shuffled = new ArrayList<>(targets);
    for (int i = shuffled.size() - 1; i > 0; i--) {
      int other = random.nextInt(i + 1);
      Labels kept = shuffled.get(i);
      shuffled.set(i, shuffled.get(other));
      shuffled.set(other, kept);
    }
    return shuffled;
  }

  private static Map<DroppedTarget, Long> bag(List<DroppedTarget> dropped) {
    return dropped.stream().collect(Collectors.groupingBy(drop -> drop, Collectors.counting()));
  }
}
