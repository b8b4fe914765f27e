package dev.stoker.scrape.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stoker.concurrent.ManualTimers;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Whatever bodies do, the sums of the budget are those of its shares, and nobody waits for ever.
 */
class BodyBudgetFuzzTest {
  private static final int CASES = Integer.getInteger("stoker.fuzz.cases", 500);
  private static final long CAPACITY = 16 << 20;

  private final ManualTimers timers = new ManualTimers(0);
  private final BodyBudget budget = new BodyBudget(CAPACITY, timers);
  private final List<BodyShare> open = new ArrayList<>();
  private int granted;
  private int yielded;

  @Test
  void theSumsAreThoseOfTheShares_andAllIsGivenBack() {
    Random random = new Random(11);
    for (int i = 0; i < CASES * 20; i++) {
      step(random);
      long held = open.stream().mapToLong(BodyShare::held).sum();
      assertThat(budget.used()).as("step " + i).isEqualTo(held).isBetween(0L, CAPACITY);
      assertThat(budget.waiting())
          .as("step " + i)
          .isEqualTo((int) open.stream().filter(BodyShare::isWaiting).count());
      assertThat(budget.open()).as("step " + i).containsExactlyInAnyOrderElementsOf(open);
    }
    assertThat(granted).isGreaterThan(CASES);
    assertThat(yielded).isPositive();
    List.copyOf(open).forEach(this::close);
    assertThat(budget.used()).isZero();
    assertThat(budget.waiting()).isZero();
  }

  @Test
  void withoutProgress_someoneYieldsUntilEachHasHadItsTurn() {
    Random random = new Random(5);
    for (int i = 0; i < 60; i++) {
      BodyShare share = open("b" + i);
      share.grow(512 << 10, () -> granted++);
      if (!share.isWaiting() && open.contains(share)) {
        share.grow((1 + random.nextInt(8)) << 20, () -> finish(share));
      }
    }
    timers.advance(120_000);
    assertThat(open).noneMatch(BodyShare::isWaiting);
  }

  @Test
  void aShareThatWaitsOrIsClosed_takesNoFurtherStep() {
    BodyShare all = open("all");
    all.grow(12 << 20, () -> {});
    BodyShare waits = open("waits");
    waits.grow(8 << 20, () -> {});
    assertThat(waits.isWaiting()).isTrue();
    assertThatThrownBy(() -> waits.grow(1, () -> {})).isInstanceOf(IllegalStateException.class);
    waits.close();
    waits.close();
    assertThatThrownBy(() -> waits.grow(1, () -> {})).isInstanceOf(IllegalStateException.class);
    assertThat(budget.used()).isEqualTo(12 << 20);
  }

  private void step(Random random) {
    BodyShare share = open.isEmpty() ? null : open.get(random.nextInt(open.size()));
    int action = random.nextInt(12);
    if (share == null || action < 2 && open.size() < 60) {
      open("t" + random.nextInt(80));
    } else if (action < 7 && !share.isWaiting()) {
      share.grow(random.nextInt(random.nextBoolean() ? 256 << 10 : 5 << 20), () -> granted++);
    } else if (action < 9) {
      share.arrived(random.nextInt(1 << 20));
    } else if (action < 10 && !share.isWaiting() && share.held() > 0) {
      share.complete();
      share.shrink(random.nextInt((int) share.held()));
    } else if (action < 11) {
      close(share);
    } else {
      timers.advance(random.nextInt(1_500));
    }
  }

  private BodyShare open(String key) {
    BodyShare[] made = new BodyShare[1];
    made[0] =
        budget.open(
            key,
            why -> {
              yielded++;
              close(made[0]);
            });
    open.add(made[0]);
    return made[0];
  }

  private void finish(BodyShare share) {
    granted++;
    share.complete();
    timers.after(10, () -> close(share));
  }

  private void close(BodyShare share) {
    open.remove(share);
    share.close();
  }
}
