package dev.stoker.receive.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stoker.codec.Codecs;
import dev.stoker.pprof.Gzip;
import dev.stoker.pprof.oracle.Pprof;
import dev.stoker.pprof.wire.Workspaces;
import dev.stoker.receive.Incoming;
import dev.stoker.receive.InvalidPush;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import jdk.jfr.Event;
import jdk.jfr.Name;
import jdk.jfr.Recording;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Recordings with what Pyroscope's Java SDK pushes beside them. */
class JfrLabelsTest {
  private static final long SPAN = 0x00ab_cdef_0123_4567L;
  private static byte[] recording = new byte[0];
  private final Workspaces workspaces = new Workspaces(64 << 20, Codecs::jdk);

  /** As the SDK's profiler writes it. */
  @Name("profiler.WallClockSample")
  static final class WallClockSample extends Event {
    int samples;
    long contextId;
    long spanId;
    long spanName;

    static void commit(long context, long span, long spanName) {
      WallClockSample sample = new WallClockSample();
      sample.samples = 2;
      sample.contextId = context;
      sample.spanId = span;
      sample.spanName = spanName;
      sample.commit();
    }
  }

  @BeforeAll
  static void record(@TempDir Path folder) throws Exception {
    try (Recording recorder = new Recording()) {
      recorder.enable(WallClockSample.class).withStackTrace();
      recorder.start();
      for (long[] each :
          new long[][] {{0, 0, 0}, {7, 0, 0}, {8, SPAN, 5}, {8, SPAN, 5}, {99, 0, 98}}) {
        WallClockSample.commit(each[0], each[1], each[2]);
      }
      recorder.stop();
      recorder.dump(folder.resolve("all.jfr"));
    }
    recording = Files.readAllBytes(folder.resolve("all.jfr"));
  }

  @AfterEach
  void close() {
    workspaces.close();
  }

  private static byte[] snapshot() {
    Map<Long, String> strings = Map.of(1L, "endpoint", 2L, "/buy", 3L, "/löök", 5L, "checkout");
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    strings.forEach(
        (key, text) ->
            field(out, 2, joined(number(1, key), bytes(2, text.getBytes(StandardCharsets.UTF_8)))));
    field(out, 1, joined(number(1, 7), bytes(2, bytes(1, joined(number(1, 1), number(2, 2))))));
    field(out, 1, joined(number(1, 8), bytes(2, bytes(1, joined(number(1, 1), number(2, 3))))));
    return out.toByteArray();
  }

  private static void field(ByteArrayOutputStream out, int field, byte[] bytes) {
    out.writeBytes(bytes(field, bytes));
  }

  /** All is shorter than 128 bytes, and numbers are less. */
  private static byte[] bytes(int field, byte[] bytes) {
    return joined(new byte[] {(byte) (field << 3 | 2), (byte) bytes.length}, bytes);
  }

  private static byte[] number(int field, long value) {
    return new byte[] {(byte) (field << 3), (byte) value};
  }

  private static byte[] joined(byte[] a, byte[] b) {
    byte[] both = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, both, a.length, b.length);
    return both;
  }

  private static byte[] form(byte[] jfr, byte[] labels) {
    ByteArrayOutputStream form = new ByteArrayOutputStream();
    for (Map.Entry<String, byte[]> part : Map.of("jfr", jfr, "labels", labels).entrySet()) {
      form.writeBytes(
          ("--b\r\nContent-Disposition: form-data; name=\""
                  + part.getKey()
                  + "\"; filename=\"x\"\r\n\r\n")
              .getBytes(StandardCharsets.UTF_8));
      form.writeBytes(part.getValue());
      form.writeBytes("\r\n".getBytes(StandardCharsets.UTF_8));
    }
    form.writeBytes("--b--\r\n".getBytes(StandardCharsets.UTF_8));
    return form.toByteArray();
  }

  private List<Incoming> push(byte[] labels) throws InvalidPush {
    Map<String, String> query = Map.of("name", "shop", "format", "jfr");
    byte[] body = form(Gzip.deflate(recording, recording.length, 1), labels);
    return new IngestBody(
            IngestQuery.of(query::get, System.currentTimeMillis() * 1_000_000),
            "multipart/form-data; boundary=b",
            body)
        .decode(16 << 20, workspaces);
  }

  /** Values by the labels of samples. */
  private static Map<Set<String>, Long> values(List<Incoming> profiles) throws Exception {
    assertThat(profiles).hasSize(1);
    Pprof.Profile profile = Pprof.Profile.parseFrom(Gzip.inflate(profiles.get(0).body(), 1 << 20));
    Map<Set<String>, Long> values = new TreeMap<>((a, b) -> a.toString().compareTo(b.toString()));
    for (Pprof.Sample sample : profile.getSampleList()) {
      Set<String> labels = new TreeSet<>();
      for (Pprof.Label label : sample.getLabelList()) {
        labels.add(
            profile.getStringTable((int) label.getKey())
                + "="
                + profile.getStringTable((int) label.getStr()));
      }
      values.merge(labels, sample.getValue(0) / 50_000_000, Long::sum);
    }
    return values;
  }

  @Test
  void labelsAndSpansOfTheSdk_areLabelsOfTheSamples() throws Exception {
    Map<Set<String>, Long> wanted =
        Map.of(
            Set.of(), 4L, // one without, and one whose labels the SDK did not say
            Set.of("endpoint=/buy"), 2L,
            Set.of("endpoint=/löök", "profile_id=00abcdef01234567", "span_name=checkout"), 4L);
    byte[] snapshot = snapshot();
    assertThat(values(push(snapshot))).isEqualTo(wanted);
    assertThat(values(push(Gzip.deflate(snapshot, snapshot.length, 6)))).isEqualTo(wanted);
  }

  @Test
  void withoutLabelsTheRecordingIsTakenAllTheSame() throws Exception {
    assertThat(values(push(new byte[0]))).isEqualTo(Map.of(Set.of(), 10L));
  }

  @Test
  void damagedLabels_areRefused_andNothingElseHappens() throws Exception {
    assertThatThrownBy(() -> JfrLabels.read(new byte[] {0x0a, 100}))
        .isInstanceOf(InvalidPush.class)
        .hasMessageStartingWith("the part labels is damaged: ");
    byte[] bomb = new byte[8 << 20];
    assertThatThrownBy(() -> JfrLabels.read(Gzip.deflate(bomb, bomb.length, 9)))
        .isInstanceOf(InvalidPush.class);
    byte[] many = new byte[400_000];
    for (int i = 0; i < many.length; i += 4) {
      many[i] = 0x12; // strings with keys that differ
      many[i + 1] = 2;
      many[i + 2] = 0x08;
      many[i + 3] = (byte) (i / 4 & 0x7f);
    }
    JfrLabels.read(many); // few different ones
    SplittableRandom random = new SplittableRandom(Long.getLong("stoker.fuzz.seed", 1));
    byte[] good = snapshot();
    for (int i = 0; i < Integer.getInteger("stoker.fuzz.cases", 300); i++) {
      byte[] bad = Arrays.copyOf(good, random.nextInt(good.length + 1));
      for (int j = random.nextInt(4); j > 0 && bad.length > 0; j--) {
        bad[random.nextInt(bad.length)] = (byte) random.nextInt();
      }
      try {
        push(bad);
      } catch (InvalidPush refused) {
        assertThat(refused).hasMessageContaining("labels");
      }
    }
  }

  @Test
  void tooManyEntries_areRefused() {
    ByteArrayOutputStream many = new ByteArrayOutputStream();
    for (int i = 0; i < 100_001; i++) {
      many.writeBytes(
          new byte[] {0x12, 4, 0x08, (byte) (i | 0x80), (byte) (i >> 7 | 0x80), (byte) (i >> 14)});
    }
    assertThatThrownBy(() -> JfrLabels.read(many.toByteArray()))
        .isInstanceOf(InvalidPush.class)
        .hasMessage("the part labels has more than 100000 contexts and strings");
  }
}
