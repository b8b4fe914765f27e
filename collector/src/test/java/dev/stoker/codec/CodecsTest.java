package dev.stoker.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.DataFormatException;
import java.util.zip.GZIPInputStream;
import java.util.zip.Inflater;
import org.junit.jupiter.api.Test;

class CodecsTest {
  private static final int CASES = Integer.getInteger("stoker.fuzz.cases", 300);
  private final Random random = new Random(Long.getLong("stoker.fuzz.seed", 7));
  private final Codecs codecs = Codecs.best();

  @Test
  void best_saysWhyALibraryIsNotInUse() {
    assertThat(codecs.inflateName()).isIn("jdk", "libdeflate");
    assertThat(codecs.deflateName()).isIn("jdk", "isal");
    assertThat(codecs.whyNot().isEmpty())
        .isEqualTo(
            codecs.inflateName().equals("libdeflate") && codecs.deflateName().equals("isal"));
    if (Runtime.version().feature() < 22) {
      assertThat(codecs.whyNot()).isEqualTo("native libraries need JDK 22 or newer");
    }
  }

  @Test
  void jdk_usesNoLibrary() throws IOException {
    Codecs jdk = Codecs.jdk();
    assertThat(jdk.inflateName() + jdk.deflateName() + jdk.whyNot()).isEqualTo("jdkjdk");
    assertThat(jdk.inflater()).isEmpty();
    try (GzipDeflater deflater = jdk.deflater()) {
      RoundTrip.check(deflater);
    }
  }

  /** A library that is broken in one of these ways is not used. */
  @Test
  void aLibraryThatChangesBytes_failsItsTrial() {
    try (GzipDeflater good = Codecs.jdk().deflater()) {
      GzipDeflater forgets =
          new GzipDeflater() {
            @Override
            public byte[] gzip(byte[] plain, int length) {
              return good.gzip(plain, Math.min(length, 65_536));
            }

            @Override
            public void close() {}
          };
      assertThatThrownBy(() -> RoundTrip.check(forgets))
          .hasMessageContaining("failed its trial")
          .hasMessageContaining("65537");
    }
  }

  @Test
  void anInflaterThatWritesBehindItsRoom_failsItsTrial() {
    assertThatThrownBy(() -> RoundTrip.check(new Simple(1)))
        .hasMessageContaining("failed its trial: the room beside 0 bytes");
    RoundTrip.check(new Simple(0));
  }

  @Test
  void deflated_isWhatTheJdkInflates() throws IOException {
    try (GzipDeflater deflater = codecs.deflater()) {
      for (int i = 0; i < CASES; i++) {
        byte[] plain = body(random.nextInt(200_000));
        int length = plain.length - random.nextInt(1 + plain.length / 10);
        byte[] gzip = deflater.gzip(plain, length);
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(gzip))) {
          assertThat(in.readAllBytes()).isEqualTo(Arrays.copyOf(plain, length));
        }
      }
    }
  }

  /** What it finishes is what the JDK makes of the same bytes, and it reads as far. */
  @Test
  void inflated_isWhatTheJdkInflates_whateverTheBytes() {
    assumeTrue(codecs.inflater().isPresent(), codecs.whyNot());
    int finished = 0;
    try (WholeInflater inflater = codecs.inflater().orElseThrow();
        GzipDeflater deflater = Codecs.jdk().deflater()) {
      for (int i = 0; i < CASES; i++) {
        byte[] plain = body(random.nextInt(100_000));
        byte[] stream = deflater.gzip(plain, plain.length);
        byte[] in = Arrays.copyOfRange(stream, 10, stream.length);
        for (int flips = random.nextInt(3); flips > 0; flips--) {
          in[random.nextInt(in.length)] ^= (byte) (1 << random.nextInt(8));
        }
        int room = random.nextBoolean() ? plain.length : random.nextInt(2 * plain.length + 1);
        byte[] out = new byte[room];
        int n = inflater.inflate(in, 0, out, 0, room);
        if (n == WholeInflater.UNFINISHED) {
          continue;
        }
        finished++;
        Whole expected = jdk(in, room);
        assertThat(n).isEqualTo(expected.length);
        assertThat(inflater.consumed()).isEqualTo(expected.consumed);
        assertThat(Arrays.equals(out, 0, n, expected.bytes, 0, n)).isTrue();
      }
    }
    assertThat(finished).isGreaterThan(CASES / 5);
  }

  private record Whole(byte[] bytes, int length, int consumed) {}

  private static Whole jdk(byte[] in, int room) {
    Inflater inflater = new Inflater(true);
    try {
      inflater.setInput(in);
      byte[] out = new byte[room + 1];
      int n = 0;
      while (!inflater.finished()) {
        int more = inflater.inflate(out, n, out.length - n);
        n += more;
        assertThat(more > 0 || inflater.finished()).isTrue();
      }
      return new Whole(out, n, (int) inflater.getBytesRead());
    } catch (DataFormatException corrupt) {
      throw new AssertionError("the library finished what the JDK calls corrupt", corrupt);
    } finally {
      inflater.end();
    }
  }

  /** Parts that repeat and parts that do not. */
  private byte[] body(int size) {
    byte[] plain = new byte[size];
    int at = 0;
    while (at < size) {
      int run = Math.min(size - at, 1 + random.nextInt(2000));
      switch (random.nextInt(3)) {
        case 0 -> Arrays.fill(plain, at, at + run, (byte) random.nextInt(256));
        case 1 -> {
          byte[] noise = new byte[run];
          random.nextBytes(noise);
          System.arraycopy(noise, 0, plain, at, run);
        }
        default -> {
          int from = at == 0 ? 0 : random.nextInt(at);
          for (int i = 0; i < run; i++) {
            plain[at + i] = plain[from + i];
          }
        }
      }
      at += run;
    }
    return plain;
  }

  /** The JDK's inflater as such a library, which may write too much. */
  private static final class Simple implements WholeInflater {
    private final int tooMuch;
    private int consumed;

    Simple(int tooMuch) {
      this.tooMuch = tooMuch;
    }

    @Override
    public int inflate(byte[] in, int from, byte[] out, int at, int limit) {
      Inflater inflater = new Inflater(true);
      try {
        inflater.setInput(in, from, in.length - from);
        byte[] whole = new byte[limit - at + 1];
        int n = 0;
        while (!inflater.finished() && n < whole.length) {
          int more = inflater.inflate(whole, n, whole.length - n);
          n += more;
          if (more == 0 && !inflater.finished()) {
            return UNFINISHED;
          }
        }
        if (!inflater.finished() || n > limit - at) {
          return UNFINISHED;
        }
        System.arraycopy(whole, 0, out, at, n + tooMuch);
        consumed = (int) inflater.getBytesRead();
        return n;
      } catch (DataFormatException corrupt) {
        return UNFINISHED;
      } finally {
        inflater.end();
      }
    }

    @Override
    public int consumed() {
      return consumed;
    }

    @Override
    public void close() {}
  }
}
