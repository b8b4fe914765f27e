package dev.stoker.app.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.concurrent.ManualTimers;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OldGenerationTest {
  private static final long MIB = 1L << 20;

  private final ManualTimers timers = new ManualTimers(1_700_000_000_000L);
  private Optional<OldGeneration.Usage> usage = Optional.empty();
  private int collections;
  private final OldGeneration old = new OldGeneration(timers, () -> usage, () -> collections++);

  @Test
  void growth_isCollectedOnceItIsAQuarterOfWhatIsAlive() {
    old.start();
    use(107, 80);
    timers.advance(10_000);
    assertThat(collections).isZero();
    use(109, 80);
    timers.advance(100);
    assertThat(collections).isEqualTo(1);
    use(80, 80);
    timers.advance(10_000);
    assertThat(collections).isEqualTo(1);
  }

  @Test
  void smallHeap_isNotCollectedForEveryMegabyte() {
    old.start();
    use(8, 0);
    timers.advance(10_000);
    assertThat(collections).isZero();
    use(9, 0);
    timers.advance(100);
    assertThat(collections).isEqualTo(1);
  }

  @Test
  void otherCollectors_areLeftAlone_andNothingRunsAfterAStop() {
    old.start();
    timers.advance(10_000);
    assertThat(collections).isZero();
    old.stop();
    use(500, 0);
    timers.advance(10_000);
    assertThat(collections).isZero();
  }

  private void use(long usedMib, long liveMib) {
    usage = Optional.of(new OldGeneration.Usage(usedMib * MIB, liveMib * MIB));
  }
}
