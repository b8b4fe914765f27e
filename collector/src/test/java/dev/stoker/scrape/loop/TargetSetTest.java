package dev.stoker.scrape.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.discovery.DroppedTarget;
import dev.stoker.discovery.TargetList;
import dev.stoker.labels.Labels;
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
      TargetSet set = new TargetSet(factory);
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
