package dev.stoker.scrape.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ScrapeScheduleTest {
  private static final long NOW = 1_800_000_000_123L;

  @Test
  void firstTick_isWithinOneInterval_andOnThePhase() {
    Random random = new Random(7);
    for (int i = 0; i < 10_000; i++) {
      long interval = 1 + random.nextInt(120_000);
      long now = NOW + random.nextInt(10_000_000);
      ScrapeSchedule schedule = ScrapeSchedule.of("key" + i, interval, 42);
      long tick = schedule.firstTick(now);
      assertThat(tick - now).isBetween(0L, interval - 1);
      assertThat(tick % interval).isEqualTo(schedule.phaseMillis());
    }
  }

  @Test
  void phase_isTheSameAfterARestart_andDiffersBetweenInstances() {
    ScrapeSchedule schedule = ScrapeSchedule.of("key", 15_000, 1);
    assertThat(ScrapeSchedule.of("key", 15_000, 1)).isEqualTo(schedule);
    assertThat(ScrapeSchedule.of("key", 15_000, 2)).isNotEqualTo(schedule);
    assertThat(schedule.firstTick(NOW + 7_000) - schedule.firstTick(NOW)).isIn(0L, 15_000L);
  }

  @Test
  void nextTick_skipsWhatWasMissed() {
    ScrapeSchedule schedule = new ScrapeSchedule(10, 3);
    assertThat(schedule.nextTick(103, 103)).isEqualTo(113);
    assertThat(schedule.nextTick(103, 112)).isEqualTo(113);
    assertThat(schedule.nextTick(103, 113)).isEqualTo(123);
    assertThat(schedule.nextTick(103, 155)).isEqualTo(163);
    assertThat(schedule.nextTick(103, 90)).isEqualTo(113);
  }

  @Test
  void phases_areOnAGrid_ofIntervalsThatHaveRoomForOne() {
    for (int i = 0; i < 1_000; i++) {
      assertThat(ScrapeSchedule.of("key" + i, 15_000, 9).phaseMillis() % 250).isEqualTo(125);
      assertThat(ScrapeSchedule.of("key" + i, 5_000, 9).phaseMillis() % 250).isEqualTo(125);
    }
    long shortest =
        IntStream.range(0, 1_000)
            .mapToLong(i -> ScrapeSchedule.of("key" + i, 1_000, 9).phaseMillis())
            .distinct()
            .count();
    assertThat(shortest).isGreaterThan(500);
  }

  @Test
  void phases_spreadOverTheInterval() {
    int[] tenths = new int[10];
    for (int i = 0; i < 1_000; i++) {
      tenths[
          (int)
              (ScrapeSchedule.of("http://10.0.0." + i + ":6060", 15_000, 9).phaseMillis()
                  / 1_500)]++;
    }
    assertThat(java.util.Arrays.stream(tenths).boxed())
        .allMatch(count -> count > 60 && count < 140);
  }
}
