package dev.stoker.receive.ingest;

import dev.stoker.codec.Codecs;
import dev.stoker.jvm.convert.TestRecordings;
import dev.stoker.pprof.Gzip;
import dev.stoker.pprof.build.PprofWriter;
import dev.stoker.pprof.build.ValueType;
import dev.stoker.pprof.wire.Workspaces;
import dev.stoker.receive.Fuzz;
import dev.stoker.receive.InvalidPush;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Each format of <code>/ingest</code>, damaged. */
class IngestFuzzTest {
  private static final long NOW = 1_700_000_100_000_000_000L;
  private static final long ROOM = 4 << 20;
  private static final String FORM = "multipart/form-data; boundary=B";

  /** Of a body of 1 MiB at most, in all: nearly all of it is garbage at once. */
  private static final long MOST = 512L << 20;

  private final Workspaces workspaces = new Workspaces(64 << 20, Codecs::jdk);

  @AfterEach
  void close() {
    workspaces.close();
  }

  private int read(String format, String type, byte[] body) throws InvalidPush {
    Map<String, String> query = new HashMap<>(Map.of("name", "shop.cpu{a=b}"));
    if (!format.isEmpty()) {
      query.put("format", format);
    }
    return new IngestBody(IngestQuery.of(query::get, NOW), type, body)
        .decode(ROOM, workspaces)
        .size();
  }

  private void fuzz(String name, String format, String type, byte[] whole) {
    new Fuzz(MOST).run(name, whole, (body, random) -> read(format, type, body));
  }

  private static byte[] pprof() {
    ValueType cpu = new ValueType("cpu", "nanoseconds");
    PprofWriter writer = new PprofWriter(List.of(cpu), cpu, 10_000_000, "cpu");
    for (int i = 0; i < 20; i++) {
      int leaf = writer.location("leaf" + i, "main.go", i);
      writer.sample(new int[] {leaf, writer.location("main", "main.go", 1)}, i + 1);
    }
    return writer.finish(NOW, 1_000_000_000);
  }

  private static byte[] form(byte[] profile) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    part(out, "profile", profile);
    part(out, "sample_type_config", bytes("{\"cpu\":{\"units\":\"ns\",\"display-name\":\"c\"}}"));
    out.writeBytes(bytes("--B--\r\n"));
    return out.toByteArray();
  }

  private static void part(ByteArrayOutputStream out, String name, byte[] content) {
    out.writeBytes(
        bytes(
            "--B\r\nContent-Disposition: form-data; name=\""
                + name
                + "\"; filename=\"f\"\r\n\r\n"));
    out.writeBytes(content);
    out.writeBytes(bytes("\r\n"));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Binary trees: length and bytes of a name, value, number of children. */
  private static byte[] tree(Random random, int depth) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] name = bytes("frame" + random.nextInt(9));
    out.write(name.length);
    out.writeBytes(name);
    out.write(random.nextInt(100));
    int children = depth == 0 ? 0 : 1 + random.nextInt(3);
    out.write(children);
    for (int i = 0; i < children; i++) {
      out.writeBytes(tree(random, depth - 1));
    }
    return out.toByteArray();
  }

  @Test
  void pprof_aloneAndInAForm() {
    byte[] packed = pprof();
    byte[] plain = inflated(packed);
    fuzz("pprof", "pprof", "", plain);
    fuzz("pprof, gzipped", "pprof", "", packed);
    fuzz("multipart pprof", "", FORM, form(plain));
    new Fuzz(MOST)
        .run(
            "multipart of a damaged pprof",
            plain,
            (body, random) -> read("", FORM, form(Gzip.deflate(body, body.length, 1))));
  }

  private static byte[] inflated(byte[] packed) {
    try {
      return Gzip.inflate(packed, 1 << 20);
    } catch (Exception itIsWhole) {
      throw new AssertionError(itIsWhole);
    }
  }

  @Test
  void foldedAndLines() {
    byte[] folded = bytes("main;work 3\nmain 1\nmain;with space;\u00fcber 7\n".repeat(9));
    fuzz("folded", "", "", folded);
    fuzz("groups", "folded", "", folded);
    new Fuzz(MOST)
        .runAnyBytes(
            "lines", bytes("a;b\na;b\na\n".repeat(20)), (body, random) -> read("lines", "", body));
  }

  @Test
  void trieAndTree() {
    fuzz("trie", "trie", "", tree(new Random(1), 5));
    fuzz("tree", "tree", "", tree(new Random(2), 5));
    fuzz("trie by its type", "", "binary/octet-stream+trie", tree(new Random(3), 5));
  }

  @Test
  void recordings() throws Exception {
    byte[] recording = TestRecordings.make(1);
    Fuzz fuzz = new Fuzz(MOST);
    fuzz.run("jfr", recording, (body, random) -> read("jfr", "", body));
  }
}
