package dev.stoker.scrape.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.stoker.concurrent.CpuPool;
import dev.stoker.concurrent.ManualTimers;
import dev.stoker.jvm.convert.TestRecordings;
import dev.stoker.labels.Labels;
import dev.stoker.pprof.Gzip;
import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.pprof.delta.BaselineBudget;
import dev.stoker.pprof.oracle.Pprof;
import dev.stoker.pprof.wire.Workspaces;
import dev.stoker.profile.Profile;
import dev.stoker.scrape.baseline.Baselines;
import dev.stoker.scrape.loop.TargetStatus.Health;
import dev.stoker.scrape.target.ProfileType;
import dev.stoker.scrape.target.Source;
import dev.stoker.scrape.target.Target;
import dev.stoker.scrape.target.TargetFactory;
import dev.stoker.scrape.transform.BodyCpu;
import dev.stoker.scrape.transform.NamedBody;
import dev.stoker.scrape.transform.ProfileTransform;
import dev.stoker.scrape.transform.TargetDetail;
import dev.stoker.scrape.transform.Transforms;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A URL that answers with a recording. */
class JfrSourceTest {
  private static final Source.Jfr SOURCE = new Source.Jfr("/recording", false);
  private static final CpuPool CPU = new CpuPool(1);
  private static List<byte[]> chunks = List.of();
  private static long firstStartMillis;
  private static long endMillis;

  private volatile int dumped = 1;

  @BeforeAll
  static void record() throws IOException {
    ByteBuffer recording = ByteBuffer.wrap(TestRecordings.make(3));
    firstStartMillis = recording.getLong(32) / 1_000_000;
    List<byte[]> all = new ArrayList<>();
    for (int at = 0; at < recording.capacity(); ) {
      int size = (int) recording.getLong(at + 8);
      all.add(Arrays.copyOfRange(recording.array(), at, at + size));
      at += size;
    }
    chunks = all.subList(0, 3);
    ByteBuffer last = ByteBuffer.wrap(chunks.get(2));
    endMillis = (last.getLong(32) + last.getLong(40)) / 1_000_000;
  }

  @AfterAll
  static void close() {
    CPU.close();
  }

  @Test
  void recording_becomesProfilesUnderTheirOwnNames() throws IOException {
    try (FakeTarget target = new FakeTarget(this::dump);
        ScrapeHarness harness = scrape(target)) {
      await().until(() -> harness.appended.size() >= 3);
      assertThat(names(harness.appended)).contains("process_cpu", "memory", "mutex");
      assertThat(harness.appended)
          .allSatisfy(
              profile -> {
                assertThat(profile.labels().get("service_name")).isEqualTo("jvm");
                assertThat(profile.labels().get("__profile_path__")).isEqualTo("/recording");
              });
      TargetView view = harness.view(target.address());
      assertThat(view.target().type().key()).isEqualTo("jfr");
      assertThat(view.target().url().getPath()).isEqualTo("/recording");
      await().until(() -> harness.view(target.address()).status().health() == Health.UP);
    }
  }

  @Test
  void runningRecording_isSentChunkByChunk() throws IOException {
    try (FakeTarget target = new FakeTarget(this::dump);
        ScrapeHarness harness = scrape(target)) {
      await().until(() -> harness.view(target.address()).status().counts().scrapes() >= 3);
      long first = count(harness, "process_cpu");
      assertThat(first).isEqualTo(1);
      dumped = 2;
      await().until(() -> count(harness, "process_cpu") == 2);
      int sent = harness.appended.size();
      long scrapes = harness.view(target.address()).status().counts().scrapes();
      await()
          .until(() -> harness.view(target.address()).status().counts().scrapes() >= scrapes + 2);
      assertThat(harness.appended).hasSize(sent);
    }
  }

  @Test
  void chunkThatNobodyTook_comesAgain() throws IOException {
    try (FakeTarget target = new FakeTarget(this::dump);
        ScrapeHarness harness = scrape(target)) {
      harness.accept = false;
      await().until(() -> count(harness, "process_cpu") >= 3);
      harness.accept = true;
      long before = count(harness, "process_cpu");
      await().until(() -> count(harness, "process_cpu") > before);
    }
  }

  @Test
  void recordingBesidePprofEndpoints() throws IOException {
    byte[] heap = Bodies.heap(1);
    try (FakeTarget target =
            new FakeTarget(
                (path, out) -> {
                  if (path.equals("/jfr")) {
                    dump(path, out);
                  } else {
                    FakeTarget.http("200 OK", "", heap).write(path, out);
                  }
                });
        ScrapeHarness harness =
            new ScrapeHarness(
                Configs.timed(
                    Duration.ofMillis(300),
                    Duration.ofSeconds(10),
                    Configs.GOROUTINE,
                    ProfileType.BUILT_IN.stream()
                        .filter(type -> type.key().equals("jfr"))
                        .findFirst()
                        .orElseThrow()),
                Labels.of("__address__", target.address(), "service_name", "jvm"))) {
      await()
          .untilAsserted(
              () -> assertThat(names(harness.appended)).contains("goroutine", "process_cpu"));
      assertThat(names(harness.appended)).doesNotContain("jfr");
    }
  }

  /** Each scrape comes one second after the recording's end, of which all lies in the interval. */
  @Test
  void finishedRecordings_countAsAWhole_inWhateverOrder() throws Exception {
    ProfileTransform transform = transform();
    byte[] mixed = join(List.of(chunks.get(2), chunks.get(0), chunks.get(1)));
    assertThat(cpu(transform, mixed, endMillis + 1_000)).isPositive().isEqualTo(cpu(chunks));
    assertThat(transform.detail()).isEqualTo(TargetDetail.NONE);
    transform.settle(true);
    assertThat(cpu(transform, join(chunks), endMillis + 16_000)).isZero();
    assertThat(transform.detail().paused()).contains("nothing new", "ended at 20");
  }

  @Test
  void overlappingAnswers_countEachChunkOnce() throws Exception {
    ProfileTransform transform = transform();
    long counted = 0;
    for (int[] answer : new int[][] {{0, 1}, {1, 2}, {0}, {2, 0}, {1, 1, 2}, {0, 1, 2}}) {
      List<byte[]> body = new ArrayList<>();
      for (int chunk : answer) {
        body.add(chunks.get(chunk));
      }
      counted += cpu(transform, gzip(join(body)), endMillis + 1_000);
      transform.settle(true);
    }
    assertThat(counted).isEqualTo(cpu(chunks));
  }

  @Test
  void chunkThatStandsTwiceInABody_countsOnce() throws Exception {
    byte[] twice = join(List.of(chunks.get(0), chunks.get(0)));
    assertThat(cpu(transform(), twice, endMillis + 1_000)).isEqualTo(cpu(List.of(chunks.get(0))));
  }

  @Test
  void firstScrape_takesWhatLiesWithinTheIntervalBeforeIt() throws Exception {
    long lastStart = ByteBuffer.wrap(chunks.get(2)).getLong(32) / 1_000_000;
    ProfileTransform transform = transform();
    long part = cpu(transform, join(chunks), lastStart + 15_000);
    assertThat(part).isPositive().isLessThanOrEqualTo(cpu(List.of(chunks.get(2))) + 20_000_000);
    transform.settle(true);
    assertThat(cpu(transform, join(chunks), lastStart + 30_000))
        .as("the rest may have been sent in a life before")
        .isZero();
  }

  @Test
  void oldRecording_countsNothing_andTheTargetSaysSo() throws Exception {
    ProfileTransform transform = transform();
    assertThat(cpu(transform, join(chunks), endMillis + 3_600_000)).isZero();
    assertThat(transform.detail().paused())
        .contains("ended at 20", "before the first scrape", "old file");
    transform.settle(true);
    assertThat(cpu(transform, join(chunks), endMillis + 3_615_000)).isZero();
    assertThat(transform.detail().paused()).contains("nothing new");
  }

  @Test
  void emptyLastChunk_doesNotHideTheOthers() throws Exception {
    byte[] empty;
    try (jdk.jfr.Recording nothing = new jdk.jfr.Recording()) {
      nothing.start();
      nothing.stop();
      try (java.io.InputStream in = nothing.getStream(null, null)) {
        empty = in.readAllBytes();
      }
    }
    ProfileTransform transform = transform();
    byte[] body = join(List.of(chunks.get(0), chunks.get(1), empty));
    assertThat(cpu(transform, body, endMillis + 5_000)).isEqualTo(cpu(chunks.subList(0, 2)));
    assertThat(cpu(transform(), empty, endMillis + 5_000)).isZero();
    ProfileTransform alone = transform();
    cpu(alone, empty, endMillis + 5_000);
    assertThat(alone.detail().paused()).contains("no samples, allocations or waits");
  }

  @Test
  void allOfARecording_isThereForOneLook() throws Exception {
    assertThat(Transforms.profiles(target(), join(chunks), 0, firstStartMillis + 60_000))
        .extracting(NamedBody::name)
        .contains("process_cpu");
  }

  @Test
  void otherBodies_areNamed() throws IOException {
    assertRefused(new byte[0], "empty");
    assertRefused("<html>login</html>".getBytes(StandardCharsets.UTF_8), "HTML");
    assertRefused("{\"status\": 404}".getBytes(StandardCharsets.UTF_8), "JSON");
    assertRefused(Bodies.heap(1), "no JFR recording in gzip", "source = pprof");
    assertRefused(Arrays.copyOf(chunks.get(0), 5_000), "cut after 0 whole chunks");
    byte[] damaged = chunks.get(0).clone();
    Arrays.fill(damaged, 68, damaged.length, (byte) 0xff);
    assertRefused(damaged, "");
  }

  private static void assertRefused(byte[] body, String... parts) {
    assertThatThrownBy(() -> Transforms.profiles(target(), body, 1 << 20, 0))
        .isInstanceOf(MalformedProfileException.class)
        .message()
        .isNotEmpty()
        .contains(parts);
  }

  private void dump(String path, java.io.OutputStream out)
      throws IOException, InterruptedException {
    List<byte[]> young = new ArrayList<>();
    for (byte[] chunk : chunks.subList(0, dumped)) {
      young.add(later(chunk));
    }
    FakeTarget.http("200 OK", "", gzip(join(young))).write(path, out);
  }

  /** By an hour, so that it is not too old for the first scrape. */
  private static byte[] later(byte[] chunk) {
    byte[] later = chunk.clone();
    ByteBuffer head = ByteBuffer.wrap(later);
    head.putLong(32, head.getLong(32) + TimeUnit.HOURS.toNanos(1));
    return later;
  }

  private static ScrapeHarness scrape(FakeTarget target) {
    return new ScrapeHarness(
        Configs.source(SOURCE, Duration.ofMillis(300)),
        Labels.of("__address__", target.address(), "service_name", "jvm"));
  }

  private static ProfileTransform transform() {
    return Transforms.forTarget(
        target(),
        new BodyCpu(CPU, new Workspaces(1 << 20, dev.stoker.codec.Codecs::jdk)),
        new Baselines(new ManualTimers(0), null, new BaselineBudget(1 << 20)),
        0);
  }

  private static Target target() {
    return new TargetFactory(Configs.source(SOURCE, Duration.ofSeconds(15)))
        .create(List.of(Labels.of("__address__", "a:1")))
        .active()
        .get(0);
  }

  /** Nanoseconds of CPU in what a scrape brings. */
  private static long cpu(ProfileTransform transform, byte[] body, long nowMillis)
      throws Exception {
    return cpuOf(
        transform
            .apply(target(), body, nowMillis)
            .toCompletionStage()
            .toCompletableFuture()
            .get(30, TimeUnit.SECONDS)
            .parts());
  }

  private static long cpu(List<byte[]> parts) throws Exception {
    return cpuOf(Transforms.profiles(target(), join(parts), 0, endMillis));
  }

  private static long cpuOf(List<NamedBody> parts) throws Exception {
    long nanos = 0;
    for (NamedBody part : parts) {
      if ("process_cpu".equals(part.name())) {
        nanos +=
            Pprof.Profile.parseFrom(Gzip.inflate(part.body(), 1 << 20)).getSampleList().stream()
                .mapToLong(sample -> sample.getValue(0))
                .sum();
      }
    }
    return nanos;
  }

  private static long count(ScrapeHarness harness, String name) {
    return names(harness.appended).stream().filter(name::equals).count();
  }

  private static List<String> names(List<Profile> profiles) {
    return profiles.stream().map(profile -> profile.labels().get("__name__")).toList();
  }

  private static byte[] join(List<byte[]> parts) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.write(part);
    }
    return all.toByteArray();
  }

  private static byte[] gzip(byte[] plain) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(plain);
    }
    return out.toByteArray();
  }
}
