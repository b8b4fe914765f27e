package dev.stoker.discovery.kubernetes.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** A busy watch is read in rests, and nothing piles up. */
class ReadPaceTest {
  private static final long MILLI = 1_000_000;

  private final ReadPace pace = new ReadPace();
  private long now = System.nanoTime();

  @Test
  void oneChangeFromTimeToTime_isNeverFollowedByARest() {
    for (int i = 0; i < 100; i++) {
      assertThat(piece(2_000)).isFalse();
    }
  }

  @Test
  void fiftyChangesASecond_areReadInRests_andEachRestIsCaughtUp() {
    long end = now + 60_000 * MILLI;
    long arrived = 0;
    long read = 0;
    int rests = 0;
    long most = 0;
    long next = now;
    while (now < end) {
      // Changes come each 20 ms; what has come already is read in a tenth of one.
      long wait = Math.max(MILLI / 10, next - now);
      now += wait;
      read++;
      next += 20 * MILLI;
      if (pace.rests(now)) {
        rests++;
        now += ReadPace.REST.toNanos();
      }
      arrived = (now - (end - 60_000 * MILLI)) / (20 * MILLI);
      most = Math.max(most, arrived - read);
    }
    assertThat(rests).isBetween(120, 240);
    assertThat(most).isLessThan(20);
  }

  @Test
  void whatHasPiledUp_isReadWithoutARest() {
    for (int i = 0; i < 10_000; i++) {
      assertThat(piece(i == 0 ? 20 : 1)).isFalse();
    }
    assertThat(piece(20)).isTrue();
  }

  @Test
  void aMachineShortOfCpu_stillReadsSixteenPiecesBetweenRests() {
    int rests = 0;
    for (int i = 0; i < 1_600; i++) {
      rests += piece(30) ? 1 : 0;
    }
    assertThat(rests).isEqualTo(100);
  }

  private boolean piece(long afterMillis) {
    now += afterMillis * MILLI;
    return pace.rests(now);
  }
}
