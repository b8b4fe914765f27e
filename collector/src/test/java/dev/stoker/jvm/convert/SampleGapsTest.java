package dev.stoker.jvm.convert;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The period that samples were taken with, told by the samples. */
class SampleGapsTest {
  private static final long MILLI = 1_000_000;
  private static final long START = 1_700_000_000_000_000_000L;

  private final SampleGaps gaps = new SampleGaps();
  private final Random random = new Random(20261128);

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 10, 20, 50, 100, 250})
  void threadThatRunsOn_isSampledEachPeriod(long millis) {
    sample(1, millis * MILLI, 0, 100);
    gaps.endChunk();
    assertThat(gaps.period()).isEqualTo(millis * MILLI);
  }

  @Test
  void busyMachine_makesGapsLonger_notThePeriod() {
    long at = START;
    for (int i = 0; i < 60; i++) {
      gaps.add(1, at, 1);
      at +=
          10 * MILLI
              + (random.nextInt(4) == 0 ? random.nextInt(500_000) : random.nextInt(150_000_000));
    }
    gaps.endChunk();
    assertThat(gaps.period()).isEqualTo(10 * MILLI);
  }

  /** Each request runs for some periods, and the next one comes much later. */
  @Test
  void threadsThatMostlyWait_tellTheSame() {
    for (int thread = 1; thread < 8; thread++) {
      long at = START + thread;
      for (int i = 0; i < 40; i++) {
        gaps.add(thread, at, 1);
        at +=
            20 * MILLI * (random.nextInt(5) == 0 ? 1 : 3 + random.nextInt(200))
                + random.nextInt(200_000);
      }
    }
    gaps.endChunk();
    assertThat(gaps.period()).isEqualTo(20 * MILLI);
  }

  @Test
  void numbersOfThreads_holdWithinAChunkOnly() {
    for (int chunk = 0; chunk < 10; chunk++) {
      sample(1, 20 * MILLI, chunk * 1_000, 5);
      gaps.endChunk();
    }
    assertThat(gaps.period()).isEqualTo(20 * MILLI);
  }

  @Test
  void sampleThatStandsForSeveral_isSoManyPeriods() {
    for (int i = 0; i < 10; i++) {
      gaps.add(1, START + i * 500 * MILLI, 10);
    }
    gaps.endChunk();
    assertThat(gaps.period()).isEqualTo(50 * MILLI);
  }

  @Test
  void fewSamples_sayNothing() {
    assertThat(gaps.period()).isZero();
    sample(1, 20 * MILLI, 0, 3);
    sample(2, 70 * MILLI, 0, 2);
    gaps.endChunk();
    assertThat(gaps.period()).isZero();
  }

  @Test
  void samplesOfADamagedRecording_areBounded() {
    for (int i = 0; i < 100_000; i++) {
      gaps.add(random.nextInt(3), random.nextLong(), random.nextLong());
    }
    gaps.endChunk();
    assertThat(gaps.period()).isNotNegative();
  }

  private void sample(long thread, long period, long fromMillis, int count) {
    for (int i = 0; i < count; i++) {
      gaps.add(thread, START + fromMillis * MILLI + i * period + random.nextInt(40_000), 1);
    }
  }
}
