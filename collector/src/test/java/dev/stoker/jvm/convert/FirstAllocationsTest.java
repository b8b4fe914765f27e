package dev.stoker.jvm.convert;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.jvm.convert.FirstAllocations.Sample;
import org.junit.jupiter.api.Test;

class FirstAllocationsTest {
  private static final long THREAD = 7;

  private final FirstAllocations allocations = new FirstAllocations();
  private long added;

  /** JFR writes the buffers of a thread in any order. */
  @Test
  void firstByTime_isCut_whereverItIsInTheFile() {
    for (int start = 10; start < 20; start++) {
      event(100, start);
    }
    event(1_000_000, 9);
    for (int start = 20; start < 30; start++) {
      event(100, start);
    }
    allocations.release(true, (key, weight) -> added += weight);
    assertThat(added).isEqualTo(21 * 100);
  }

  @Test
  void weightsAreRight_ofAnOlderRecording_andOfAThreadThatBeganHere() {
    event(1_000, 2);
    event(100, 1);
    allocations.release(false, (key, weight) -> added += weight);
    assertThat(added).isEqualTo(1_100);

    allocations.started(THREAD);
    event(1_000, 1);
    event(100, 2);
    allocations.release(true, (key, weight) -> added += weight);
    assertThat(added).isEqualTo(2_200);
  }

  private void event(long weight, long start) {
    Sample later =
        allocations.hold(THREAD, new Sample(new ChunkTally.Key(1, 0, 0, 0), weight, start));
    added += later == null ? 0 : later.weight();
  }
}
