package dev.stoker.scrape.source.jolokia;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.scrape.source.CallFailed;
import dev.stoker.scrape.source.TargetCalls.Answer;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Answers as Jolokia 2.6.0 gives them, damaged: each is understood or refused with a reason. */
class JolokiaFuzzTest {
  private static final long SEED = Long.getLong("stoker.fuzz.seed", 20261126L);
  private static final int CASES = Integer.getInteger("stoker.fuzz.cases", 2_000);
  private static final int BLOCK = 1_000;

  private static final List<String> ANSWERS =
      List.of(
          "[{\"value\":7,\"status\":200,\"timestamp\":1795658607}]",
          "[{\"value\":[{\"id\":3,\"name\":\"stoker-1a2b-1\",\"state\":\"RUNNING\","
              + "\"settings\":[{\"key\":\"a\",\"value\":\"b\"}],\"size\":12}],\"status\":200}]",
          "[{\"error_type\":\"javax.management.InstanceNotFoundException\",\"error\":\"No MBean\","
              + "\"stacktrace\":\"x\\n\\tat y\",\"status\":404}]",
          "{\"error\":\"denied\",\"error_type\":\"java.lang.SecurityException\",\"status\":403}");

  private static final List<String> BLOCKS =
      List.of(
          "{\"request\":{\"mbean\":\"a\\\"b\",\"value\":[9]},\"value\":[70, 76,82,0,-128,127],"
              + "\"status\":200}",
          "{\"status\":200,\"value\":\"RkxSAAEC\"}",
          "{\"value\":null,\"status\":200}",
          "{\"error_type\":\"java.lang.IllegalArgumentException\",\"error\":\"No stream\",\"status\":500}");

  @Test
  void damagedAnswers_areUnderstoodOrRefused() {
    Random random = new Random(SEED);
    for (int i = 0; i < CASES; i++) {
      byte[] answer = damaged(ANSWERS.get(random.nextInt(ANSWERS.size())), random);
      Buffer body = Buffer.buffer(answer);
      try {
        for (JsonObject result : FlightRecorderBean.results(new Answer(200, "", ""), body, 1)) {
          FlightRecorderBean.number(FlightRecorderBean.check(result));
        }
      } catch (CallFailed refused) {
        assertThat(refused.getMessage()).as(name(i, answer)).isNotEmpty().hasSizeLessThan(1_000);
      } catch (RuntimeException bug) {
        throw new AssertionError(name(i, answer), bug);
      }
      FlightRecorderBean.areClosed(body);
    }
  }

  @Test
  void damagedBlocks_areReadOrRefused_andNeverLargerThanAskedFor() {
    Random random = new Random(SEED);
    for (int i = 0; i < CASES; i++) {
      byte[] answer = damaged(BLOCKS.get(random.nextInt(BLOCKS.size())), random);
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      BlockDecoder decoder = new BlockDecoder(out, BLOCK, 0);
      try {
        decoder.data(Buffer.buffer(answer));
        decoder.finish();
      } catch (CallFailed refused) {
        assertThat(refused.getMessage()).as(name(i, answer)).isNotEmpty();
      } catch (RuntimeException bug) {
        throw new AssertionError(name(i, answer), bug);
      }
      assertThat(out.size()).isLessThanOrEqualTo(BLOCK);
    }
  }

  private static String name(int number, byte[] answer) {
    return "seed "
        + SEED
        + " case "
        + number
        + ": "
        + new String(answer, StandardCharsets.ISO_8859_1);
  }

  /** Bytes changed, a stretch doubled or taken out, or the end cut off. */
  private static byte[] damaged(String text, Random random) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    for (int times = random.nextInt(4); times >= 0 && bytes.length > 1; times--) {
      int from = random.nextInt(bytes.length);
      int to = from + random.nextInt(bytes.length - from);
      switch (random.nextInt(5)) {
        case 0 -> bytes = Arrays.copyOf(bytes, from);
        case 1 -> bytes = joined(bytes, from, bytes, to, bytes.length);
        case 2 -> bytes = joined(bytes, to, bytes, from, bytes.length);
        default -> bytes[from] = (byte) random.nextInt(256);
      }
    }
    return bytes;
  }

  private static byte[] joined(byte[] head, int length, byte[] tail, int from, int to) {
    byte[] all = Arrays.copyOf(head, length + to - from);
    System.arraycopy(tail, from, all, length, to - from);
    return all;
  }
}
