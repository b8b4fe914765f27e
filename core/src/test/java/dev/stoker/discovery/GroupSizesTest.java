package dev.stoker.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stoker.concurrent.ManualTimers;
import dev.stoker.labels.Labels;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What a source of targets may hold. */
class GroupSizesTest {
  @Test
  void groupsThatDoNotFit_areLeftOut_andItIsSaid() {
    GroupSizes sizes = new GroupSizes(4 << 20, TargetBudget.unbounded());
    assertThat(sizes.fits(group("a", 1 << 20))).isTrue();
    assertThat(sizes.fits(group("b", 5 << 20))).isFalse();
    assertThat(sizes.leftOut()).contains("1 groups with 1 targets are left out", "4 MiB", "labels");
    assertThat(sizes.fits(group("c", 2_000_000))).isTrue();
    assertThat(sizes.fits(group("b", 10))).isTrue();
    assertThat(sizes.leftOut()).isEmpty();
    assertThat(sizes.fits(group("d", 2_000_000))).isFalse();
    assertThat(sizes.fits(new TargetGroup("a", List.of()))).isTrue();
    assertThat(sizes.fits(group("d", 2_000_000))).isTrue();
  }

  @Test
  void whatAllSourcesHold_isOneBudget_andWhatWasLeftOutIsAskedForAgain() {
    ManualTimers timers = new ManualTimers(0);
    TargetBudget budget = new TargetBudget(1 << 20);
    Source one = new Source();
    Source two = new Source();
    DiscoveredTargets first = new DiscoveredTargets("a", one, timers, budget, () -> {});
    DiscoveredTargets second = new DiscoveredTargets("b", two, timers, budget, () -> {});

    first.update(List.of(group("x", 900_000)));
    second.update(List.of(group("small", 1_000), group("y", 500_000)));
    assertThat(second.targets()).hasSize(1);
    assertThat(second.health().message())
        .contains("1 groups with 1 targets are left out (reason limit)", "1 MiB", "1 groups fit");
    assertThat(second.dropped())
        .singleElement()
        .satisfies(drop -> assertThat(drop.reason()).isEqualTo(DroppedTarget.Reason.LIMIT));
    timers.advance(120_000);
    assertThat(two.asked).as("there is no room").isZero();

    assertThat(first.stop().succeeded()).isTrue();
    timers.advance(60_000);
    assertThat(two.asked).isEqualTo(1);
    second.update(List.of(group("y", 500_000)));
    assertThat(second.health().state()).isEqualTo(ComponentHealth.State.HEALTHY);
    assertThat(second.dropped()).isEmpty();
  }

  @Test
  void aFirstResultThatIsNotWhole_countsAtOnce_andIsExportedWithTheNextUpdate() {
    TargetBudget budget = new TargetBudget(1 << 20);
    DiscoveredTargets node =
        new DiscoveredTargets("a", new Source(), new ManualTimers(0), budget, () -> {});
    node.begin(List.of(group("x", 600_000)));
    node.begin(List.of(group("y", 600_000)));
    assertThat(budget.used()).isBetween(600_000L, 700_000L);
    assertThat(node.targets()).isEmpty();
    assertThat(node.ready()).isFalse();

    node.updateInPart(List.of(), "another namespace is forbidden");
    assertThat(node.targets()).containsExactlyElementsOf(group("x", 600_000).targets());
    assertThat(node.health().state()).isEqualTo(ComponentHealth.State.UNHEALTHY);
    assertThat(node.health().message())
        .startsWith("another namespace is forbidden; 1 groups with 1 targets are left out");
  }

  @Test
  void whatBeganWhileItFailed_isExportedToo() {
    ManualTimers timers = new ManualTimers(0);
    DiscoveredTargets node =
        new DiscoveredTargets("a", new Source(), timers, new TargetBudget(1 << 20), () -> {});
    node.begin(List.of(group("x", 10)));
    node.failed("not yet");
    node.update(List.of());
    timers.advance(1_000);
    assertThat(node.targets()).hasSize(1);
  }

  @Test
  void aGroupThatOutgrowsTheRoom_takesItsFormerTargetsWithIt() {
    ManualTimers timers = new ManualTimers(0);
    TargetBudget budget = new TargetBudget(1 << 20);
    DiscoveredTargets node = new DiscoveredTargets("a", new Source(), timers, budget, () -> {});
    node.update(List.of(group("x", 500_000), group("y", 10)));
    node.update(List.of(group("x", 2_000_000)));
    timers.advance(10_000);

    assertThat(node.targets()).as("those of x were others").hasSize(1);
    assertThat(node.dropped()).hasSize(1);
    assertThat(budget.free()).as("x gives its room back").isGreaterThan(1_000_000);
    node.update(List.of(group("x", 600_000)));
    timers.advance(10_000);
    assertThat(node.targets()).hasSize(2);
  }

  @Test
  void whatIsReplaced_doesNotCountBesideWhatReplacesIt() {
    TargetBudget budget = new TargetBudget(1 << 20);
    ManualTimers timers = new ManualTimers(0);
    DiscoveredTargets before = new DiscoveredTargets("a", new Source(), timers, budget, () -> {});
    before.update(List.of(group("x", 900_000)));
    before.giveBack();
    DiscoveredTargets after = new DiscoveredTargets("a", new Source(), timers, budget, () -> {});
    after.update(List.of(group("x", 900_000)));
    assertThat(before.stop().succeeded()).isTrue();

    assertThat(after.targets()).hasSize(1);
    assertThat(after.dropped()).isEmpty();
    assertThat(budget.free()).isLessThan(200_000);
  }

  @Test
  void aGroupThatWasLeftOutAndIsGone_isForgotten() {
    DiscoveredTargets node =
        new DiscoveredTargets(
            "a", new Source(), new ManualTimers(0), new TargetBudget(1 << 20), () -> {});
    node.replace(List.of(group("x", 2_000_000), group("y", 10)));
    assertThat(node.dropped()).hasSize(1);

    node.replace(List.of(group("y", 10)));
    assertThat(node.dropped()).isEmpty();
    assertThat(node.health().state()).isEqualTo(ComponentHealth.State.HEALTHY);
  }

  private static final class Source implements Discoverer {
    int asked;

    @Override
    public void start(Listener listener) {}

    @Override
    public void again() {
      asked++;
    }

    @Override
    public Future<Void> stop() {
      return Future.succeededFuture();
    }
  }

  @Test
  void manyLabelsForManyTargets_areRefusedBeforeTheyAreMade() {
    Map<String, String> labels = new TreeMap<>();
    for (int i = 0; i < 10_000; i++) {
      labels.put("l" + i, "v");
    }
    List<String> targets = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      targets.add("h" + i + ":1");
    }
    List<?> document = List.of(Map.of("targets", targets, "labels", labels));
    assertThatThrownBy(() -> TargetDocument.groups(document, "f", Labels.empty()))
        .isInstanceOf(TargetDocument.Malformed.class)
        .hasMessageContaining("96 MiB");
  }

  private static TargetGroup group(String source, int bytes) {
    return new TargetGroup(source, List.of(Labels.of("big", "x".repeat(bytes))));
  }
}
