package dev.stoker.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.concurrent.ManualTimers;
import org.junit.jupiter.api.Test;

/** How long a change waits, and what a storm of them costs. */
class CoalescerTest {
  private final ManualTimers timers = new ManualTimers(1_800_000_000_000L);
  private int runs;
  private long cost;
  private final Coalescer coalescer =
      new Coalescer(
          timers,
          () -> {
            runs++;
            timers.advance(cost);
          });

  @Test
  void aChangeAfterSomeQuiet_isRunAtOnce() {
    coalescer.changed();
    timers.advance(Coalescer.FIRST_MILLIS);

    assertThat(runs).isEqualTo(1);
  }

  @Test
  void aChangeAfterAStorm_isStillSeenInHalfASecond() {
    storm(60_000);
    timers.advance(3_000);
    runs = 0;
    coalescer.changed();
    timers.advance(Coalescer.BUSY_MILLIS);

    assertThat(runs).isEqualTo(1);
  }

  @Test
  void aStorm_ofCheapRuns_isRunTwiceASecond() {
    storm(60_000);

    assertThat(runs).isBetween(60_000 / 450, 60_000 / 400 + 3);
  }

  @Test
  void aStorm_ofCostlyRuns_takesATwentiethOfTheTime_andNoMoreThanFiveSecondsEach() {
    cost = 100;
    storm(60_000);
    assertThat(runs).isBetween(60_000 / 2_200, 60_000 / 1_900);

    runs = 0;
    cost = 1_000;
    storm(60_000);
    assertThat(runs).isBetween(60_000 / 6_200, 60_000 / 5_000);
  }

  private void storm(long millis) {
    long end = timers.nanoTime() + millis * 1_000_000;
    while (timers.nanoTime() < end) {
      coalescer.changed();
      timers.advance(20);
    }
  }
}
