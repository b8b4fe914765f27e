package dev.stoker.scrape.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.discovery.TargetBudget;
import dev.stoker.labels.Labels;
import dev.stoker.scrape.target.TargetFactory;
import dev.stoker.scrape.target.TargetFactory.Expanded;
import java.util.List;
import org.junit.jupiter.api.Test;

class KnownLabelsTest {
  private final Expanded expanded =
      new TargetFactory(Configs.of(Configs.MEMORY)).expandOne(Labels.of("__address__", "a:1"));
  private final long bytes = LoopWeight.of(expanded);

  /** For one loop, and the reserve. */
  private final TargetBudget budget = new TargetBudget((bytes + bytes / 2) * 32 / 31);

  private final LoopRoom room = new LoopRoom(budget);

  private boolean enter(KnownLabels one) {
    return one.enter(room, expanded, one.weigh(expanded) <= room.forNew());
  }

  @Test
  void whatHasNoRoom_isLeftOutUntilAnotherLeaves() {
    KnownLabels first = new KnownLabels();
    KnownLabels second = new KnownLabels();
    assertThat(enter(first)).isTrue();
    assertThat(enter(second)).isFalse();
    assertThat(second.isLeftOut()).isTrue();
    assertThat(second.expanded().targets()).isEmpty();
    assertThat(KnownLabels.isNoRoom(second.expanded().invalid())).isTrue();
    assertThat(room.leftOut(List.of(first, second)))
        .startsWith("1 of 2 targets are left out (reason limit)");

    first.leave(room);
    assertThat(budget.used()).isZero();
    assertThat(enter(second)).isTrue();
    assertThat(second.expanded()).isSameAs(expanded);
    assertThat(room.leftOut(List.of(second))).isEmpty();
  }

  @Test
  void leavingTwice_givesTheRoomBackOnce() {
    KnownLabels one = new KnownLabels();
    enter(one);
    one.leave(room);
    one.leave(room);
    assertThat(budget.used()).isZero();
  }

  @Test
  void aRound_seesEachOnce() {
    KnownLabels one = new KnownLabels();
    assertThat(one.seen(1)).isTrue();
    assertThat(one.seen(1)).isFalse();
    assertThat(one.seen(2)).isTrue();
  }
}
