package dev.stoker.otlp.decode;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.pprof.check.BodyCheck;
import dev.stoker.pprof.wire.Workspace;
import io.opentelemetry.proto.profiles.v1development.Profile;
import io.opentelemetry.proto.profiles.v1development.Sample;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Random requests, whole and damaged. Count and seed: <code>-Dstoker.fuzz.cases</code>, <code>
 * -Dstoker.fuzz.seed</code>.
 */
class OtlpFuzzTest {
  private static final int CASES = Integer.getInteger("stoker.fuzz.cases", 500);
  private static final long SEED = Long.getLong("stoker.fuzz.seed", 20261129);
  private static final int ROOM = 1 << 20;

  @Test
  void randomProfiles_comeOver_byStackLabelAndValue() throws Exception {
    System.out.println("seed " + SEED + ", cases " + CASES);
    try (Workspace workspace = new Workspace()) {
      for (int i = 0; i < CASES; i++) {
        Random random = new Random(SEED + i);
        Map<String, Long> expected = new TreeMap<>();
        byte[] message = request(random, expected);

        Decoded decoded = OtlpRequest.of(message).decode(ROOM, workspace);

        assertThat(decoded.reason()).as("seed " + (SEED + i)).isEmpty();
        Map<String, Long> got = new TreeMap<>();
        for (OtlpProfile profile : decoded.profiles()) {
          Pprofs.sums(profile.body()).forEach((key, value) -> got.merge(key, value, Long::sum));
        }
        assertThat(got).as("seed " + (SEED + i)).isEqualTo(expected);
      }
    }
  }

  @Test
  void damagedRequests_areReadOrRefused_withinTheirRoom() throws Exception {
    try (Workspace workspace = new Workspace()) {
      for (int i = 0; i < CASES; i++) {
        Random random = new Random(SEED + i);
        byte[] message = damaged(request(random, new TreeMap<>()), random);
        try {
          Decoded decoded = OtlpRequest.of(message).decode(ROOM, workspace);
          assertThat(decoded.rejected() == 0).isEqualTo(decoded.reason().isEmpty());
          for (OtlpProfile profile : decoded.profiles()) {
            BodyCheck.full(profile.body(), ROOM, true, workspace);
          }
        } catch (MalformedProfileException refused) {
          assertThat(refused.getMessage()).as("seed " + (SEED + i)).isNotBlank();
        }
      }
    }
  }

  private static byte[] damaged(byte[] message, Random random) {
    byte[] bytes =
        random.nextInt(4) == 0
            ? Arrays.copyOf(message, random.nextInt(message.length))
            : message.clone();
    for (int i = random.nextInt(8); i >= 0 && bytes.length > 0; i--) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
    }
    return bytes;
  }

  private static byte[] request(Random random, Map<String, Long> expected) {
    Requests made = new Requests();
    Profile.Builder[] profiles = new Profile.Builder[1 + random.nextInt(3)];
    for (int i = 0; i < profiles.length; i++) {
      profiles[i] = made.profile("type" + i, "count");
      for (int n = 1 + random.nextInt(20); n > 0; n--) {
        profiles[i].addSamples(sample(made, random, expected));
      }
    }
    return made.request("shop", profiles).toByteArray();
  }

  private static Sample.Builder sample(Requests made, Random random, Map<String, Long> expected) {
    String[] stack = new String[1 + random.nextInt(4)];
    StringBuilder frames = new StringBuilder();
    for (int i = 0; i < stack.length; i++) {
      stack[i] = "f" + random.nextInt(6);
      frames
          .append(i == 0 ? "" : ";")
          .append(stack[i])
          .append("@")
          .append(stack[i])
          .append(".go:7");
    }
    Sample.Builder sample = Sample.newBuilder().setStackIndex(made.stack(stack));
    Map<String, String> labels = new TreeMap<>();
    for (String key : new String[] {"a", "b.c"}) {
      if (random.nextBoolean()) {
        String value = "v" + random.nextInt(3);
        labels.put(key, value);
        sample.addAttributeIndices(made.attribute(key, value));
      }
    }
    long total = 0;
    int shape = random.nextInt(3);
    for (int i = 1 + random.nextInt(3); i > 0; i--) {
      long value = shape == 0 ? 1 : random.nextInt(1_000_000);
      total += value;
      if (shape > 0) {
        sample.addValues(value);
      }
      if (shape < 2) {
        sample.addTimestampsUnixNano(Requests.TIME + i);
      }
    }
    expected.merge(frames + labels.toString(), total, Long::sum);
    return sample;
  }
}
