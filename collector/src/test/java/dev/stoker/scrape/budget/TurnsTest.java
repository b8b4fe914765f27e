package dev.stoker.scrape.budget;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TurnsTest {
  private static final long SEED = Long.getLong("stoker.fuzz.seed", 20261130);
  private static final long NOW = 1_800_000_000_000L;
  private static final long ROTATE = 300_000;

  private final Turns turns = new Turns(Duration.ofMillis(ROTATE));
  private final SplittableRandom random = new SplittableRandom(SEED);

  @Test
  void exactlyTheNumberIsChosen_whateverTheOrder_andAllWhenThereAreFewer() {
    for (int life = 0; life < 300; life++) {
      long[] hashes = hashes(1 + random.nextInt(300));
      int number = 1 + random.nextInt(60);
      long now = NOW + random.nextLong(ROTATE * 100);
      Set<Long> chosen = chosen(turns, hashes, number, now);
      assertThat(chosen).as("seed " + SEED).hasSize(Math.min(number, hashes.length));
      assertThat(chosen(turns, shuffled(hashes), number, now)).isEqualTo(chosen);
    }
  }

  @Test
  void oneProcessMore_changesOneChoiceAtMost_andOneLessToo() {
    int displaced = 0;
    for (int life = 0; life < 2_000; life++) {
      long[] few = hashes(1 + random.nextInt(200));
      long[] more = Arrays.copyOf(few, few.length + 1);
      more[few.length] = random.nextLong();
      int number = 1 + random.nextInt(60);
      long now = NOW + random.nextLong(ROTATE * 100);
      Set<Long> before = chosen(turns, few, number, now);
      Set<Long> after = chosen(turns, more, number, now);
      assertThat(minus(before, after)).as("seed " + SEED).hasSizeLessThanOrEqualTo(1);
      assertThat(minus(after, before)).hasSizeLessThanOrEqualTo(1);
      if (!minus(before, after).isEmpty()) {
        assertThat(minus(after, before)).containsExactly(more[few.length]);
        displaced++;
      }
    }
    assertThat(displaced).as("else this test sees nothing").isGreaterThan(100);
  }

  @Test
  void higherNumber_addsToTheChoice() {
    long[] hashes = hashes(200);
    for (int number = 1; number < 199; number++) {
      assertThat(chosen(turns, hashes, number + 1, NOW))
          .containsAll(chosen(turns, hashes, number, NOW));
    }
  }

  @Test
  void turnsAreExchangedGently_andOnlyWhenTheyAreSaidToChange() {
    long[] hashes = hashes(500);
    for (int number : new int[] {1, 5, 16, 20, 100}) {
      int most = (number + Turns.LANES - 1) / Turns.LANES;
      Set<Long> before = chosen(turns, hashes, number, NOW);
      Set<Long> first = before;
      for (long now = NOW; now < NOW + 2 * ROTATE; now = turns.next(now)) {
        assertThat(chosen(turns, hashes, number, turns.next(now) - 1)).isEqualTo(before);
        Set<Long> after = chosen(turns, hashes, number, turns.next(now));
        assertThat(minus(before, after)).as("of " + number).hasSizeLessThanOrEqualTo(most);
        before = after;
      }
      assertThat(minus(first, before).size())
          .as("after two turns nearly all of %s are others", number)
          .isGreaterThanOrEqualTo(number * 6 / 10);
    }
  }

  @Test
  void everyProcess_getsItsFairShareOfTurns() {
    long[] hashes = hashes(100);
    int number = 5;
    int samples = 4_000;
    Map<Long, Integer> times = new HashMap<>();
    for (int i = 0; i < samples; i++) {
      chosen(turns, hashes, number, NOW + i * ROTATE)
          .forEach(one -> times.merge(one, 1, (a, b) -> a + b));
    }
    // 200 turns each are expected, with a standard deviation of 14.
    assertThat(times).hasSize(100);
    assertThat(times.values()).allMatch(turn -> turn > 130 && turn < 270);
  }

  @Test
  void turnsWithoutRotation_neverEnd() {
    Turns forEver = new Turns(Duration.ZERO);
    long[] hashes = hashes(100);
    assertThat(forEver.next(NOW)).isEqualTo(Long.MAX_VALUE);
    assertThat(chosen(forEver, hashes, 7, NOW))
        .isEqualTo(chosen(forEver, hashes, 7, NOW + 1_000 * ROTATE));
  }

  @Test
  void share_isRoundedToTheNearestStep() {
    assertThat(Share.of(5, 10)).isEqualTo(50);
    assertThat(Share.of(5, 100)).isEqualTo(5);
    assertThat(Share.of(3, 100)).isEqualTo(2);
    assertThat(Share.of(4, 100)).isEqualTo(5);
    assertThat(Share.of(7, 7)).isEqualTo(100);
    assertThat(Share.of(60, 100)).isEqualTo(50);
    assertThat(Share.of(1, 100_000)).isEqualTo(1);
  }

  private Set<Long> chosen(Turns of, long[] hashes, int number, long now) {
    Set<Long> chosen = new HashSet<>();
    of.choose(hashes, number, now).stream().forEach(i -> chosen.add(hashes[i]));
    return chosen;
  }

  private long[] hashes(int count) {
    return random.longs().distinct().limit(count).toArray();
  }

  private long[] shuffled(long[] hashes) {
    long[] other = hashes.clone();
    for (int i = other.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      long moved = other[i];
      other[i] = other[j];
      other[j] = moved;
    }
    return other;
  }

  private static Set<Long> minus(Set<Long> these, Set<Long> those) {
    Set<Long> rest = new HashSet<>(these);
    rest.removeAll(those);
    return rest;
  }
}
