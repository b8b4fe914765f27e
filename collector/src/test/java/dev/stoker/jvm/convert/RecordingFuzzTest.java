package dev.stoker.jvm.convert;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.stoker.jvm.profile.ConvertedProfile;
import dev.stoker.pprof.Gzip;
import dev.stoker.pprof.MalformedProfileException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Mutations of a real recording: a reason or profiles, within bounded memory, nothing else. */
class RecordingFuzzTest {
  private static final int CASES = Integer.getInteger("stoker.fuzz.cases", 500);
  private static final long SEED = Long.getLong("stoker.fuzz.seed", 20261125);
  private static final long MAX_ALLOCATED = 512L << 20;

  @Test
  void mutatedRecording_isRefusedOrConverted_neverAnythingElse() throws Exception {
    System.out.println("seed " + SEED + ", cases " + CASES);
    byte[] recording = TestRecordings.make(2);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    int refused = 0;
    int converted = 0;
    for (int i = 0; i < CASES; i++) {
      Random random = new Random(SEED + i);
      byte[] body = mutate(recording, random);
      long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
      try {
        RecordingBody.Result result =
            RecordingBody.convert(
                body, 64 << 20, start -> true, new RecordingOptions(true, true), 1L << 60);
        for (ConvertedProfile profile : result.profiles()) {
          RecordingConverterTest.parse(profile.body())
              .getSampleList()
              .forEach(sample -> assertThat(sample.getValueList()).allMatch(value -> value >= 0));
        }
        converted++;
      } catch (MalformedProfileException expected) {
        assertThat(expected.getMessage()).as("seed %d", SEED + i).isNotBlank();
        refused++;
      } catch (RuntimeException | Error bug) {
        throw new AssertionError("seed " + (SEED + i), bug);
      }
      long allocated = threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
      assertThat(allocated).as("allocated, seed %d", SEED + i).isLessThan(MAX_ALLOCATED);
    }
    System.out.println(refused + " refused, " + converted + " converted");
    assertThat(refused).isPositive();
    assertThat(converted).isPositive();
  }

  private static byte[] mutate(byte[] recording, Random random) {
    byte[] body = recording.clone();
    int edits = 1 + random.nextInt(random.nextBoolean() ? 3 : 200);
    for (int i = 0; i < edits; i++) {
      int at = random.nextInt(body.length);
      switch (random.nextInt(7)) {
        case 0 -> body[at] = (byte) random.nextInt();
        case 1 -> body[at] ^= (byte) (1 << random.nextInt(8));
        case 2 -> Arrays.fill(body, at, Math.min(body.length, at + 9), (byte) 0xff);
        case 3 -> body[random.nextInt(68)] = (byte) random.nextInt();
        case 4 -> {
          int length = Math.min(random.nextInt(64), body.length - at);
          System.arraycopy(body, random.nextInt(body.length - length), body, at, length);
        }
        case 5 -> metadata(body, random);
        default -> body[at] = 0;
      }
    }
    if (random.nextInt(10) == 0) {
      body = Arrays.copyOf(body, random.nextInt(body.length));
    }
    return random.nextInt(10) == 0 ? Gzip.deflate(body, body.length, 1) : body;
  }

  /** Where most structure is. */
  private static void metadata(byte[] body, Random random) {
    long metadata = ByteBuffer.wrap(body).getLong(24);
    if (metadata > 0 && metadata < body.length - 4096) {
      body[(int) metadata + random.nextInt(4096)] = (byte) random.nextInt();
    }
  }
}
