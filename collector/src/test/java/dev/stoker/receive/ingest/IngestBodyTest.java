package dev.stoker.receive.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stoker.codec.Codecs;
import dev.stoker.pprof.Gzip;
import dev.stoker.pprof.build.PprofWriter;
import dev.stoker.pprof.build.ValueType;
import dev.stoker.pprof.oracle.Pprof;
import dev.stoker.pprof.wire.Workspaces;
import dev.stoker.receive.Incoming;
import dev.stoker.receive.InvalidPush;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Each format of <code>/ingest</code>, as clients send it and damaged. */
class IngestBodyTest {
  private static final long NOW = 1_700_000_100_000_000_000L;
  private final Workspaces workspaces = new Workspaces(64 << 20, Codecs::jdk);

  @AfterEach
  void close() {
    workspaces.close();
  }

  private static IngestQuery query(String... parameters) throws InvalidPush {
    Map<String, String> given = new HashMap<>();
    for (int i = 0; i < parameters.length; i += 2) {
      given.put(parameters[i], parameters[i + 1]);
    }
    return IngestQuery.of(given::get, NOW);
  }

  private List<Incoming> decode(IngestQuery query, String type, byte[] body) throws InvalidPush {
    return new IngestBody(query, type, body).decode(4 << 20, workspaces);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static Map<String, String> labels(Incoming profile) {
    Map<String, String> labels = new TreeMap<>();
    profile.labels().forEach(label -> assertThat(labels.put(label.name(), label.value())).isNull());
    return labels;
  }

  private static Pprof.Profile profile(Incoming incoming) throws Exception {
    return Pprof.Profile.parseFrom(Gzip.inflate(incoming.body(), 1 << 20));
  }

  /** Sum of each stack, leaf first. */
  private static Map<String, Long> stacks(Pprof.Profile profile) {
    Map<String, Long> stacks = new TreeMap<>();
    for (Pprof.Sample sample : profile.getSampleList()) {
      List<String> names = new ArrayList<>();
      for (long id : sample.getLocationIdList()) {
        long function = profile.getLocation((int) id - 1).getLine(0).getFunctionId();
        long name = profile.getFunction((int) function - 1).getName();
        names.add(profile.getStringTable((int) name));
      }
      stacks.merge(String.join(";", names), sample.getValue(0), Long::sum);
    }
    return stacks;
  }

  @Test
  void foldedText_isScaledByTheRate_andNamedByTheApp() throws Exception {
    IngestQuery query =
        query(
            "name",
            "shop.cpu{team=a,zone=b c}",
            "from",
            "1700000000",
            "until",
            "1700000010",
            "sampleRate",
            "50",
            "spyName",
            "rbspy");

    List<Incoming> profiles = decode(query, "", bytes("main;work 3\nmain 1\n\nmain;work 2"));

    assertThat(profiles).hasSize(1);
    assertThat(labels(profiles.get(0)))
        .isEqualTo(
            Map.of(
                "__name__",
                "process_cpu",
                "service_name",
                "shop",
                "team",
                "a",
                "zone",
                "b c",
                "pyroscope_spy",
                "rbspy",
                "__delta__",
                "false"));
    Pprof.Profile profile = profile(profiles.get(0));
    assertThat(profile.getTimeNanos()).isEqualTo(1_700_000_000_000_000_000L);
    assertThat(profile.getDurationNanos()).isEqualTo(10_000_000_000L);
    assertThat(profile.getPeriod()).isEqualTo(20_000_000);
    assertThat(stacks(profile)).isEqualTo(Map.of("work;main", 100_000_000L, "main", 20_000_000L));
  }

  @Test
  void linesTreeAndTrie_areStacksToo() throws Exception {
    byte[] tree = tree(node("", 0, node("main", 1, node("work", 2))));
    byte[] trie = tree(node("", 0, node("ma", 0, node("in", 1), node("il;work", 2))));

    assertThat(stacks("shop", "lines", bytes("a;b\na;b\na\n")))
        .isEqualTo(Map.of("b;a", 20_000_000L, "a", 10_000_000L));
    assertThat(stacks("shop.inuse_space", "tree", tree))
        .isEqualTo(Map.of("main", 1L, "work;main", 2L));
    assertThat(stacks("shop.inuse_objects", "trie", trie))
        .isEqualTo(Map.of("main", 1L, "work;mail", 2L));
    assertThat(decode(query("name", "shop"), "", bytes("\n"))).isEmpty();
  }

  private Map<String, Long> stacks(String app, String format, byte[] body) throws Exception {
    return stacks(profile(decode(query("name", app, "format", format), "", body).get(0)));
  }

  private static byte[] tree(byte[] root) {
    return root;
  }

  private static byte[] node(String name, int value, byte[]... children) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(name.length());
    out.writeBytes(bytes(name));
    out.write(value);
    out.write(children.length);
    Arrays.stream(children).forEach(out::writeBytes);
    return out.toByteArray();
  }

  @Test
  void formWithPprof_isNamedByTheShownTypes_andPassedOnAsItCame() throws Exception {
    byte[] body = pprof("goroutine", "count");
    byte[] form =
        form(
            "profile",
            body,
            "sample_type_config",
            bytes("{\"goroutine\":{\"display-name\":\"goroutines\"}}"));

    Incoming named =
        decode(query("name", "shop{service_name=x}"), "multipart/form-data; boundary=B", form)
            .get(0);

    assertThat(named.body()).isEqualTo(body);
    assertThat(labels(named))
        .containsEntry("__name__", "goroutines")
        .containsEntry("service_name", "x")
        .containsEntry("app_name", "shop");
    assertThat(name(pprof("samples", "count"))).isEqualTo("process_cpu");
    assertThat(name(pprof("inuse_space", "bytes"))).isEqualTo("memory");
    assertThat(name(pprof("contentions", "count"))).isEqualTo("mutex");
    assertThat(name(pprof("wall", "nanoseconds"))).isEqualTo("wall");
    assertThat(name(pprof("other", "count"))).isEqualTo("other");
  }

  private String name(byte[] body) throws Exception {
    return labels(decode(query("name", "shop", "format", "pprof"), "", body).get(0))
        .getOrDefault("__name__", "");
  }

  private static byte[] pprof(String type, String unit) {
    ValueType value = new ValueType(type, unit);
    PprofWriter writer = new PprofWriter(List.of(value), value, 1, type);
    writer.sample(new int[] {writer.location("main", "", 1)}, 7);
    return writer.finish(NOW, 0);
  }

  private static byte[] form(Object... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 0; i < parts.length; i += 2) {
      out.writeBytes(
          bytes(
              "--B\r\nContent-Disposition: form-data; name=\""
                  + parts[i]
                  + "\"; filename=\"f\"\r\nContent-Type: application/octet-stream\r\n\r\n"));
      out.writeBytes((byte[]) parts[i + 1]);
      out.writeBytes(bytes("\r\n"));
    }
    out.writeBytes(bytes("--B--\r\n"));
    return out.toByteArray();
  }

  @Test
  void whatCannotBeRead_isRefusedWithAReason() throws Exception {
    assertRefused(() -> query("from", "1"), "name is missing");
    assertRefused(() -> query("name", "a{b"), "not of the form");
    assertRefused(() -> query("name", "a{b}"), "no label");
    assertRefused(() -> decode(query("name", "a.b"), "", bytes("x 1")), "no type of profile");
    assertRefused(() -> decode(query("name", "a"), "", bytes("x y")), "line 1 is no stack");
    assertRefused(
        () -> decode(query("name", "a", "format", "speedscope"), "", bytes("{}")), "speedscope");
    assertRefused(
        () -> decode(query("name", "a", "format", "jfr"), "", bytes("nothing")), "no JFR");
    assertRefused(
        () -> decode(query("name", "a", "format", "pprof"), "", bytes("<html></html>")), "HTML");
    assertRefused(
        () -> decode(query("name", "a"), "multipart/form-data; boundary=B", bytes("--B\r\n")),
        "cut");
    assertRefused(() -> decode(query("name", "a", "format", "tree"), "", new byte[] {5, 1}), "cut");
  }

  private interface Work {
    Object run() throws InvalidPush;
  }

  private static void assertRefused(Work work, String words) {
    assertThatThrownBy(work::run).isInstanceOf(InvalidPush.class).hasMessageContaining(words);
  }

  @Test
  void times_areReadByTheirDigits() throws Exception {
    assertThat(query("name", "a", "from", "1700000000").fromNanos())
        .isEqualTo(1_700_000_000_000_000_000L);
    assertThat(query("name", "a", "from", "1700000000123").fromNanos())
        .isEqualTo(1_700_000_000_123_000_000L);
    assertThat(query("name", "a", "from", "now-1m").fromNanos()).isEqualTo(NOW - 60_000_000_000L);
    assertThat(query("name", "a", "from", "9999999999").fromNanos()).isEqualTo(NOW);
    assertThat(query("name", "a", "from", "nonsense").fromNanos()).isEqualTo(NOW);
    assertThat(query("name", "a", "from", "now-999999999w").fromNanos()).isPositive();
  }

  /** Nothing but a reason may come of it, and no memory that is out of proportion. */
  @Test
  void damagedBodies_giveAReason() throws Exception {
    byte[] form = form("profile", pprof("cpu", "nanoseconds"), "sample_type_config", bytes("{}"));
    byte[] tree = node("", 0, node("main", 1, node("work", 2), node("rest", 3)));
    SplittableRandom random = new SplittableRandom(17);
    int cases = Integer.getInteger("stoker.fuzz.cases", 500);
    for (int i = 0; i < cases; i++) {
      damaged(query("name", "a"), "multipart/form-data; boundary=B", form, random);
      damaged(query("name", "a", "format", "tree"), "", tree, random);
      damaged(query("name", "a", "format", "trie"), "", tree, random);
      damaged(query("name", "a"), "", bytes("main;work 3\nmain 1\n"), random);
    }
  }

  private void damaged(IngestQuery query, String type, byte[] whole, SplittableRandom random) {
    byte[] body = Arrays.copyOf(whole, 1 + random.nextInt(whole.length));
    for (int i = random.nextInt(4); i > 0; i--) {
      body[random.nextInt(body.length)] = (byte) random.nextInt(256);
    }
    try {
      decode(query, type, body);
    } catch (InvalidPush reason) {
      assertThat(reason.getMessage()).isNotBlank();
    }
  }
}
