package dev.stoker.pprof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stoker.codec.Codecs;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What is allocated for a gzip body follows from what comes, not from what its trailer claims. */
class InflationTest {
  private static final int KIB = 1 << 10;
  private static final int MIB = 1 << 20;

  private static byte[] random(int size) {
    byte[] bytes = new byte[size];
    new Random(1).nextBytes(bytes);
    return bytes;
  }

  private static byte[] claiming(byte[] plain, int size) {
    byte[] body = Gzip.deflate(plain, plain.length, 6);
    ByteBuffer.wrap(body).order(ByteOrder.LITTLE_ENDIAN).putInt(body.length - 4, size);
    return body;
  }

  @Test
  void trailerThatLies_costsAFewTimesWhatReallyComes() {
    byte[] body = claiming(random(256 * KIB), 200 * MIB);
    try (Inflation inflation = new Inflation(new Giants(Integer.MAX_VALUE), Codecs.jdk())) {
      assertThatThrownBy(() -> inflation.inflate(body, 0))
          .isInstanceOf(MalformedProfileException.class)
          .hasMessageContaining("checksum");
      assertThat(inflation.bytes().length).isLessThanOrEqualTo(8 * body.length);
    }
  }

  @Test
  void trailerThatClaimsNothing_stillInflates() throws Exception {
    byte[] plain = random(300 * KIB);
    byte[] body = Gzip.deflate(plain, plain.length, 6);
    assertThat(Gzip.inflate(body, MIB)).isEqualTo(plain);
  }

  @Test
  void profileThatIsPackedAsUsual_isAllocatedOnce_inItsExactSize() throws Exception {
    byte[] plain = new byte[512 * KIB];
    System.arraycopy(random(200 * KIB), 0, plain, 0, 200 * KIB);
    byte[] body = Gzip.deflate(plain, plain.length, 6);
    try (Inflation inflation = new Inflation(new Giants(Integer.MAX_VALUE), Codecs.jdk())) {
      inflation.inflate(body, 0);
      assertThat(inflation.bytes()).isEqualTo(plain);
    }
  }

  @Test
  void profileThatIsPackedVeryWell_growsToItsExactSize() throws Exception {
    byte[] plain = new byte[3 * MIB + 5];
    plain[plain.length - 1] = 7;
    byte[] body = Gzip.deflate(plain, plain.length, 6);
    try (Inflation inflation = new Inflation(new Giants(Integer.MAX_VALUE), Codecs.jdk())) {
      inflation.inflate(body, 0);
      assertThat(inflation.bytes()).isEqualTo(plain);
    }
  }

  @Test
  void giantThatIsPackedVeryWell_isAllocatedInItsExactSize_andNeverBesideItsHalf()
      throws Exception {
    byte[] plain = new byte[20 * MIB + 5];
    plain[plain.length - 1] = 7;
    byte[] body = Gzip.deflate(plain, plain.length, 6);
    byte[] liar = claiming(plain, 9 * MIB);
    byte[] twice = Arrays.copyOf(body, 2 * body.length);
    System.arraycopy(body, 0, twice, body.length, body.length);
    try (Inflation inflation = new Inflation(new Giants(Integer.MAX_VALUE), Codecs.jdk())) {
      inflation.inflate(body, 0);
      assertThat(inflation.bytes()).isEqualTo(plain);
      inflation.inflate(twice, 0);
      assertThat(inflation.bytes()).hasSize(2 * plain.length).endsWith(7);
      assertThatThrownBy(() -> inflation.inflate(liar, 0)).hasMessageContaining("checksum");
      assertThat(inflation.bytes()).hasSize(plain.length);
    }
  }

  @Test
  void giantThatIsTooLargeOrHasAFault_isRefusedBeforeItIsAllocated() throws Exception {
    byte[] body = Gzip.deflate(new byte[40 * MIB], 40 * MIB, 6);
    byte[] cut = Arrays.copyOf(body, body.length / 2);
    try (Inflation inflation = new Inflation(new Giants(32 * MIB), Codecs.jdk())) {
      assertThatThrownBy(() -> inflation.inflate(body, 16 * MIB))
          .hasMessageContaining("larger than max_inflated_size (" + 16 * MIB);
      assertThatThrownBy(() -> inflation.inflate(body, 0))
          .hasMessageContaining("larger than the memory that there is for one (" + 24 * MIB);
      assertThat(inflation.bytes().length).isLessThanOrEqualTo(8 * MIB);
      assertThatThrownBy(() -> inflation.inflate(cut, 64 * MIB)).hasMessageContaining("truncated");
      assertThat(inflation.bytes().length).isLessThan(24 * MIB);
    }
  }
}
