package dev.stoker.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.labels.Labels;
import dev.stoker.profile.Profile;
import dev.stoker.store.ProfileSource.Kept;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RecentProfilesTest {
  private static final int MAX = 1 << 20;

  private final RecentProfiles recent = new RecentProfiles(MAX);
  private final Map<Long, byte[]> came = new HashMap<>();
  private long now;

  @Test
  void theNewestAreKept_withTheirBytes_andNoMoreMemoryThanAllowed() throws IOException {
    Random random = new Random(11);
    for (int i = 0; i < 2_000; i++) {
      keep(
          bytes(random, random.nextInt(10) == 0 ? random.nextInt(MAX / 4) : random.nextInt(9_000)));
      assertThat(recent.bytes()).isLessThanOrEqualTo(MAX);
      if (i % 37 == 0) {
        check(all());
      }
    }
    assertThat(all().size()).isGreaterThan(5);
  }

  @Test
  void most_ofTheMemoryIsUsed() {
    for (int i = 0; i < 1_000; i++) {
      keep(new byte[9_000]);
    }
    assertThat(all().size() * 9_000).isGreaterThan(MAX / 4 * 3);
  }

  @Test
  void smallOnes_areBoundToo_andNotAllGoAtOnce() {
    int least = Integer.MAX_VALUE;
    for (int i = 0; i < 5_000; i++) {
      keep(new byte[3]);
      assertThat(recent.bytes()).isLessThanOrEqualTo(MAX);
      least = i < 1_000 ? least : Math.min(least, all().size());
    }
    assertThat(least).isGreaterThan(100);
  }

  @Test
  void whatSomebodyReads_staysAsItIs() throws IOException {
    Random random = new Random(12);
    keep(bytes(random, 5_000));
    List<Kept> found = all();
    for (int i = 0; i < 1_000; i++) {
      keep(bytes(random, 5_000));
    }
    assertThat(all()).doesNotContainAnyElementsOf(found);
    check(found);
  }

  @Test
  void aBodyOfMoreThanAQuarter_isNotKept_andNothingIsWhenSwitchedOff() {
    keep(new byte[MAX / 4]);
    assertThat(all()).isEmpty();
    keep(new byte[10]);
    recent.enable(false);
    keep(new byte[10]);
    assertThat(all()).isEmpty();
    assertThat(recent.bytes()).isZero();
  }

  private static byte[] bytes(Random random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  private void keep(byte[] body) {
    now++;
    came.put(now, body);
    recent.keep(new Profile(Labels.of("service_name", "a"), body, now));
  }

  private List<Kept> all() {
    return new ArrayList<>(recent.find(series -> true, 0, Long.MAX_VALUE).result());
  }

  /** Each one is as it came. */
  private void check(List<Kept> kept) throws IOException {
    for (Kept one : kept) {
      assertThat(one.body()).isEqualTo(came.get(one.atMillis()));
      assertThat(one.length()).isEqualTo(one.body().length);
    }
  }
}
