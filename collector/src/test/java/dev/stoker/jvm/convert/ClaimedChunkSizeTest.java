package dev.stoker.jvm.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.stoker.jvm.chunk.JfrChunk;
import dev.stoker.jvm.profile.LimitedInput;
import dev.stoker.pprof.Gzip;
import dev.stoker.pprof.MalformedProfileException;
import java.io.ByteArrayInputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What is allocated for a chunk follows from what comes, not from what its header claims. */
class ClaimedChunkSizeTest {
  private static final int MIB = 1 << 20;

  /** A header that claims a size, and random bytes. */
  private static byte[] chunk(long claimed, int size) {
    byte[] bytes = new byte[size];
    new Random(1).nextBytes(bytes);
    ByteBuffer.wrap(bytes).putInt(0, 0x464c5200).putShort(4, (short) 2).putShort(6, (short) 1);
    ByteBuffer.wrap(bytes).putLong(8, claimed).putLong(32, 1_000_000_000);
    return bytes;
  }

  private static long allocated() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    return threads.getThreadAllocatedBytes(Thread.currentThread().getId());
  }

  @Test
  void packedChunkThatClaimsALot_costsAFewTimesWhatReallyComes() {
    byte[] plain = chunk(100 * MIB, 200 << 10);
    byte[] body = Gzip.deflate(plain, plain.length, 6);
    Runnable convert =
        () ->
            assertThatThrownBy(
                    () ->
                        RecordingBody.convert(body, 0, start -> true, RecordingOptions.DEFAULT, 1))
                .isInstanceOf(MalformedProfileException.class)
                .hasMessageContaining("cut after 0 whole chunks");
    convert.run();

    long before = allocated();
    convert.run();
    assertThat(allocated() - before).isLessThan(4 * MIB);
  }

  @Test
  void chunkThatIsLargerThanTheFirstAllocation_isReadWhole() throws Exception {
    byte[] plain = chunk(5 * MIB + 3, 5 * MIB + 3);
    byte[] body = Gzip.deflate(plain, plain.length, 6);
    List<byte[]> read = new ArrayList<>();
    JfrChunk.forEach(
        LimitedInput.open(body, 0), 10 * MIB, start -> true, chunk -> read.add(chunk.bytes()));
    JfrChunk.forEach(
        new ByteArrayInputStream(plain), 10 * MIB, start -> true, c -> read.add(c.bytes()));
    assertThat(read).hasSize(2).allSatisfy(bytes -> assertThat(bytes).isEqualTo(plain));
  }
}
