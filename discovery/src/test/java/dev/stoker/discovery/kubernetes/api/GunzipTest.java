package dev.stoker.discovery.kubernetes.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

/** A compressed body that comes in pieces. */
class GunzipTest {
  private static final String TEXT = "{\"items\":[" + "{\"a\":1},".repeat(9_000) + "{}]}";

  private final ByteArrayOutputStream unpacked = new ByteArrayOutputStream();

  @Test
  void aBody_isUnpacked_whereverTheNetworkCutsIt() throws Exception {
    byte[] packed = gzip(TEXT);
    for (int size : new int[] {1, 3, 10, 11, 97, packed.length}) {
      assertThat(unpack(packed, size)).isEqualTo(TEXT);
    }
  }

  @Test
  void everyPartThatAHeaderMayHave_isPassedOver() throws Exception {
    byte[] packed = gzip(TEXT);
    packed[3] = 2 + 4 + 8 + 16;
    ByteArrayOutputStream with = new ByteArrayOutputStream();
    with.write(packed, 0, 10);
    with.writeBytes(new byte[] {3, 0, 1, 2, 3, 'n', 0, 'c', 'd', 0, 9, 9});
    with.write(packed, 10, packed.length - 10);

    for (int size : new int[] {1, 13, 1 << 20}) {
      assertThat(unpack(with.toByteArray(), size)).isEqualTo(TEXT);
    }
  }

  @Test
  void whatIsNotGzip_orIsCut_isSaid() throws Exception {
    byte[] packed = gzip(TEXT);

    assertThatThrownBy(() -> unpack("{\"items\":[]}   ".getBytes(StandardCharsets.UTF_8), 5))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("compressed by gzip, and is not");
    assertThatThrownBy(() -> unpack(Arrays.copyOf(packed, packed.length / 2), 50))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("ends in the middle");
    Arrays.fill(packed, 10, 40, (byte) 0xff);
    assertThatThrownBy(() -> unpack(packed, 50)).isInstanceOf(IOException.class);
  }

  private String unpack(byte[] packed, int size) throws IOException {
    unpacked.reset();
    Gunzip gunzip = new Gunzip();
    try {
      for (int at = 0; at < packed.length; at += size) {
        gunzip.read(packed, at, Math.min(size, packed.length - at), unpacked::write);
      }
      gunzip.end();
      return unpacked.toString(StandardCharsets.UTF_8);
    } finally {
      gunzip.close();
    }
  }

  private static byte[] gzip(String text) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return packed.toByteArray();
  }
}
