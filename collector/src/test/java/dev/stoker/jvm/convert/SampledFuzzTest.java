package dev.stoker.jvm.convert;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.stoker.jvm.profile.ConvertedProfile;
import dev.stoker.jvm.text.CollapsedBody;
import dev.stoker.jvm.text.ThreadDumps;
import dev.stoker.pprof.Gzip;
import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.pprof.oracle.Pprof;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Mutations of real collapsed texts and thread dumps: a reason, or a profile that a server takes,
 * within bounded memory; nothing else.
 */
class SampledFuzzTest {
  private static final int CASES = Integer.getInteger("stoker.fuzz.cases", 300);
  private static final long SEED = Long.getLong("stoker.fuzz.seed", 20261126);
  private static final long MAX_ALLOCATED = 256L << 20;
  private static final int MAX_INFLATED = 4 << 20;
  private static final List<String> PIECES =
      List.of(
          "{",
          "}",
          "[",
          "]",
          "\"",
          ":",
          ",",
          "\\",
          "\\ud800",
          "null",
          "true",
          "-1",
          "1e999",
          "99999999999999999999",
          ";",
          ";;",
          " ",
          "\n",
          "\r\n",
          "\0",
          " 0\n",
          " -5\n",
          "\u00e9",
          "_[j]",
          "[x tid=1]",
          "$$Lambda/0x",
          "a/b.c(",
          "\"threads\":[",
          "\"stackTrace\":[{",
          "\"className\":",
          "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
          "<html>");

  private final ThreadMXBean memory = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private int refused;
  private int converted;

  private interface Conversion {
    ConvertedProfile apply(byte[] body) throws MalformedProfileException;
  }

  @Test
  @Timeout(value = 30, unit = TimeUnit.MINUTES)
  void mutatedCollapsedText_isRefusedOrConverted() throws Exception {
    List<byte[]> texts = new ArrayList<>();
    for (String each :
        List.of(
            "ctimer.collapsed",
            "ctimer-threads-ann-sig.collapsed",
            "itimer-dot-ann.collapsed",
            "wall-threads.collapsed")) {
      texts.add(TestRecordings.resource(each));
    }
    run(
        texts,
        body -> {
          CollapsedBody.isCollapsed(body);
          return CollapsedBody.convert(
              body,
              MAX_INFLATED,
              new CollapsedBody.Options(CollapsedBody.Of.WALL, 10_000_000, true),
              1,
              1);
        });
  }

  @Test
  @Timeout(value = 30, unit = TimeUnit.MINUTES)
  void mutatedThreadDump_isRefusedOrConverted() throws Exception {
    List<byte[]> texts = new ArrayList<>();
    for (String each : List.of("2.7.18", "3.5.9", "4.1.1", "4.1.1-virtual")) {
      texts.add(
          Gzip.inflate(
              TestRecordings.resource("threaddump-boot-" + each + ".json.gz"), MAX_INFLATED));
    }
    run(
        texts,
        body -> {
          ThreadDumps dumps = new ThreadDumps(true);
          dumps.add(body, MAX_INFLATED, 1_000_000_000);
          return dumps.finish(1, 1, 1);
        });
  }

  private void run(List<byte[]> texts, Conversion conversion) throws Exception {
    System.out.println("SampledFuzzTest: seed " + SEED + ", cases " + CASES);
    for (int i = 0; i < CASES; i++) {
      Random random = new Random(SEED + i);
      byte[] body = mutate(texts, random);
      long before = memory.getThreadAllocatedBytes(Thread.currentThread().getId());
      try {
        check(conversion.apply(body));
        converted++;
      } catch (MalformedProfileException expected) {
        assertThat(expected.getMessage()).as("seed %d", SEED + i).isNotBlank().hasSizeLessThan(500);
        refused++;
      } catch (RuntimeException | Error bug) {
        throw new AssertionError("seed " + (SEED + i), bug);
      }
      long allocated = memory.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
      assertThat(allocated).as("allocated, seed %d", SEED + i).isLessThan(MAX_ALLOCATED);
    }
    System.out.println(refused + " refused, " + converted + " converted");
    assertThat(refused).isPositive();
    assertThat(converted).isPositive();
  }

  /** What Pyroscope would refuse must not leave. */
  private static void check(ConvertedProfile converted) {
    if (converted.body().length == 0) {
      return;
    }
    Pprof.Profile profile = RecordingConverterTest.parse(converted.body());
    for (Pprof.Sample sample : profile.getSampleList()) {
      assertThat(sample.getValueList()).hasSize(1).allMatch(value -> value >= 0);
      assertThat(sample.getLocationIdList())
          .isNotEmpty()
          .allMatch(id -> id > 0 && id <= profile.getLocationCount());
    }
  }

  private static byte[] mutate(List<byte[]> texts, Random random) {
    byte[] body = texts.get(random.nextInt(texts.size())).clone();
    int edits = 1 + random.nextInt(random.nextBoolean() ? 2 : 40);
    for (int i = 0; i < edits && body.length > 0; i++) {
      int at = random.nextInt(body.length);
      body =
          switch (random.nextInt(7)) {
            case 0 -> replaced(body, at, at + 1, new byte[] {(byte) random.nextInt()});
            case 1 -> replaced(body, at, at, piece(random));
            case 2 -> replaced(body, at, Math.min(body.length, at + 8), piece(random));
            case 3 ->
                replaced(body, at, Math.min(body.length, at + random.nextInt(200)), new byte[0]);
            case 4 -> {
              byte[] other = texts.get(random.nextInt(texts.size()));
              int from = random.nextInt(other.length);
              int to = Math.min(other.length, from + random.nextInt(4_000));
              yield replaced(body, at, at, Arrays.copyOfRange(other, from, to));
            }
            case 5 -> repeated(body, at, random);
            default ->
                replaced(body, at, at + 1, new byte[] {(byte) (body[at] ^ 1 << random.nextInt(8))});
          };
    }
    if (random.nextInt(10) == 0) {
      body = Arrays.copyOf(body, random.nextInt(body.length + 1));
    }
    if (random.nextInt(10) == 0) {
      body = Gzip.deflate(body, body.length, 1);
      body[random.nextInt(body.length)] ^= (byte) random.nextInt(4);
    }
    return body;
  }

  private static byte[] piece(Random random) {
    return PIECES.get(random.nextInt(PIECES.size())).getBytes(StandardCharsets.UTF_8);
  }

  /** Some bytes again and again: deep, wide, long. */
  private static byte[] repeated(byte[] body, int at, Random random) {
    int length = Math.min(body.length - at, 1 + random.nextInt(64));
    int times = random.nextInt(random.nextInt(20) == 0 ? 20_000 : 50);
    byte[] many = new byte[length * times];
    for (int i = 0; i < times; i++) {
      System.arraycopy(body, at, many, i * length, length);
    }
    return replaced(body, at, at, many);
  }

  private static byte[] replaced(byte[] body, int from, int to, byte[] by) {
    byte[] result = new byte[body.length - (to - from) + by.length];
    System.arraycopy(body, 0, result, 0, from);
    System.arraycopy(by, 0, result, from, by.length);
    System.arraycopy(body, to, result, from + by.length, body.length - to);
    return result;
  }
}
