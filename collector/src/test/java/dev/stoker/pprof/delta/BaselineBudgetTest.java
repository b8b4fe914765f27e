package dev.stoker.pprof.delta;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BaselineBudgetTest {
  private final BaselineBudget budget = new BaselineBudget(100);

  @Test
  void theLargest_isAskedAlone_asLongAsItMayAnswer() {
    BaselineBudget.Lease largest = lease(60);
    BaselineBudget.Lease second = lease(35);
    BaselineBudget.Lease small = budget.lease();
    for (int i = 0; i < BaselineBudget.PATIENCE; i++) {
      assertThat(small.resize(10)).isFalse();
    }
    assertThat(largest.mustGiveWay()).isTrue();
    assertThat(second.mustGiveWay()).isFalse();
    largest.close();
    assertThat(largest.mustGiveWay()).isFalse();
    assertThat(small.resize(10)).isTrue();
  }

  @Test
  void theNextLargest_isAsked_whenTheTargetOfTheLargestIsDown() {
    BaselineBudget.Lease down = lease(60);
    BaselineBudget.Lease second = lease(35);
    BaselineBudget.Lease small = budget.lease();
    for (int i = 0; i < 2 * BaselineBudget.PATIENCE; i++) {
      assertThat(small.resize(10)).isFalse();
    }
    assertThat(second.mustGiveWay()).isTrue();
    second.close();
    assertThat(small.resize(10)).isTrue();
    assertThat(down.mustGiveWay()).as("there is room again").isFalse();
    assertThat(budget.used()).isEqualTo(70);
  }

  private BaselineBudget.Lease lease(long bytes) {
    BaselineBudget.Lease lease = budget.lease();
    assertThat(lease.resize(bytes)).isTrue();
    return lease;
  }
}
