package dev.stoker.pprof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stoker.codec.Codecs;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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
}
