package dev.stoker.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

/** Count and seed: <code>-Dstoker.fuzz.cases</code>, <code>-Dstoker.fuzz.seed</code>. */
class QuickDeflaterTest {
  private static final int CASES = Integer.getInteger("stoker.fuzz.cases", 500);
  private static final long SEED = Long.getLong("stoker.fuzz.seed", 20261129);
  private final QuickDeflater deflater = new QuickDeflater();

  @Test
  void deflated_passesTheTrialOfLibraries() {
    RoundTrip.check(deflater);
  }

  @Test
  void deflated_isWhatTheJdkInflates_whateverTheBytes() throws Exception {
    System.out.println("seed " + SEED + ", cases " + CASES);
    for (int i = 0; i < CASES; i++) {
      Random random = new Random(SEED + i);
      byte[] plain = body(random, random.nextInt(1 << random.nextInt(19)));
      int length = plain.length - random.nextInt(1 + plain.length / 10);
      assertThat(inflated(deflater.gzip(plain, length)))
          .as("seed " + (SEED + i))
          .isEqualTo(Arrays.copyOf(plain, length));
    }
  }

  /** Their codes would be far longer than 15 bits: each symbol comes as often as two before it. */
  @Test
  void frequenciesOfFibonacci_haveCodesThatAreShortEnough() throws Exception {
    int[] times = new int[22];
    int all = 0;
    for (int i = 0; i < times.length; i++) {
      times[i] = i < 2 ? 1 : times[i - 1] + times[i - 2];
      all += times[i];
    }
    byte[] plain = new byte[all];
    int at = 0;
    for (int i = 0; i < times.length; i++) {
      Arrays.fill(plain, at, at + times[i], (byte) i);
      at += times[i];
    }
    Random random = new Random(SEED);
    for (int i = all - 1; i > 0; i--) {
      int other = random.nextInt(i + 1);
      byte swapped = plain[i];
      plain[i] = plain[other];
      plain[other] = swapped;
    }
    int[] frequencies = Arrays.copyOf(times, 286);
    HuffmanCode code = new HuffmanCode(286, 15);
    code.build(frequencies);
    double room = 0;
    for (int i = 0; i < times.length; i++) {
      assertThat(code.lengths[i]).isBetween((byte) 1, (byte) 15);
      room += Math.pow(2, -code.lengths[i]);
    }
    assertThat(room).isEqualTo(1);
    assertThat(inflated(deflater.gzip(plain, all))).isEqualTo(plain);
  }

  @Test
  void noise_growsByTheHeadsOfItsBlocks() throws Exception {
    byte[] plain = new byte[1_000_000];
    new Random(SEED).nextBytes(plain);
    byte[] gzip = deflater.gzip(plain, plain.length);
    assertThat(gzip.length)
        .isLessThan(plain.length + 18 + 6 * (plain.length / DeflateBlock.BYTES + 1));
    assertThat(inflated(gzip)).isEqualTo(plain);
  }

  private static byte[] inflated(byte[] gzip) throws Exception {
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(gzip))) {
      return in.readAllBytes();
    }
  }

  /** Noise of few and of many different bytes, runs, and parts from near and far. */
  private static byte[] body(Random random, int size) {
    byte[] plain = new byte[size];
    int at = 0;
    while (at < size) {
      int run = Math.min(size - at, 1 + random.nextInt(1 << random.nextInt(12)));
      int kind = random.nextInt(4);
      int different = 1 + random.nextInt(256);
      int from = at == 0 ? 0 : random.nextInt(at);
      byte one = (byte) random.nextInt();
      for (int i = 0; i < run; i++) {
        plain[at + i] =
            switch (kind) {
              case 0 -> one;
              case 1 -> (byte) random.nextInt(different);
              case 2 -> (byte) Math.min(255, (int) (random.nextGaussian() * 9 + 60));
              default -> plain[from + i];
            };
      }
      at += run;
    }
    return plain;
  }
}
