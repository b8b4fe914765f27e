package dev.stoker.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.labels.Labels;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class HeldGroupsTest {
  private final HeldGroups groups =
      new HeldGroups(new GroupSizes(1 << 20, TargetBudget.unbounded()));

  private static TargetGroup group(String source, String... addresses) {
    return new TargetGroup(
        source, Stream.of(addresses).map(one -> Labels.of("__address__", one)).toList());
  }

  private static TargetGroup large(String source) {
    return group(source, "x".repeat(2 << 20));
  }

  @Test
  void onlyOtherTargets_areNews_andTheSameOnesStayTheSameObjects() {
    assertThat(groups.merge(List.of(group("b", "2"), group("a", "1")))).isTrue();
    List<Labels> before = groups.targets();
    assertThat(before).extracting(one -> one.get("__address__")).containsExactly("1", "2");

    assertThat(groups.merge(List.of(group("a", "1"), group("c")))).isFalse();
    assertThat(groups.targets().get(0)).isSameAs(before.get(0));
    assertThat(groups.merge(List.of(group("a")))).isTrue();
    assertThat(groups.size()).isEqualTo(1);
  }

  @Test
  void groupsOfAPredecessor_stayUntilTheSourceHasToldAll() {
    groups.inherit(List.of(group("a", "1"), group("b", "2"), group("c", "3")));

    List<TargetGroup> part = groups.withRemovedInPart(List.of(group("b", "20")));
    groups.merge(part);
    assertThat(part).hasSize(1);
    assertThat(groups.all()).extracting(TargetGroup::source).containsExactly("a", "b", "c");

    groups.merge(groups.withoutUnconfirmed(List.of(group("c", "3"))));
    assertThat(groups.all()).extracting(TargetGroup::source).containsExactly("b", "c");
    assertThat(groups.withoutUnconfirmed(List.of())).isEmpty();
  }

  @Test
  void aWholeList_removesWhatItDoesNotHave_alsoWhatHadNoRoom() {
    groups.merge(List.of(group("a", "1"), large("b")));
    assertThat(groups.leavesOut()).isTrue();
    assertThat(groups.dropped("c"))
        .singleElement()
        .satisfies(drop -> assertThat(drop.reason()).isEqualTo(DroppedTarget.Reason.LIMIT));

    List<TargetGroup> updated = groups.withRemoved(List.of(group("d", "4")));
    assertThat(updated).extracting(TargetGroup::source).containsExactlyInAnyOrder("a", "b", "d");
    groups.merge(updated);
    assertThat(groups.leavesOut()).isFalse();
    assertThat(groups.all()).extracting(TargetGroup::source).containsExactly("d");
  }

  @Test
  void aGroupThatGrowsBeyondItsRoom_isNotThereAnyMore() {
    groups.merge(List.of(group("a", "1")));

    assertThat(groups.merge(List.of(large("a")))).isTrue();
    assertThat(groups.targets()).isEmpty();
    assertThat(groups.leftOut()).startsWith("1 groups with 1 targets are left out");
  }
}
