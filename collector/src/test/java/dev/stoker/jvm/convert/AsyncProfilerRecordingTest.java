package dev.stoker.jvm.convert;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import one.profiler.AsyncProfiler;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Recordings of async-profiler, made in another JVM, with the JDK's own reader as the oracle. */
@EnabledOnOs(OS.LINUX)
class AsyncProfilerRecordingTest {
  private static final long MILLI = 1_000_000;
  private static final Map<String, byte[]> BODIES = new HashMap<>();
  private static final Map<String, List<RecordedEvent>> EVENTS = new HashMap<>();

  @BeforeAll
  static void record(@TempDir Path folder) throws Exception {
    Process program =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-cp",
                place(AsyncProfiledProgram.class) + File.pathSeparator + place(AsyncProfiler.class),
                AsyncProfiledProgram.class.getName(),
                folder.toString(),
                "wall",
                "event=wall,nobatch,interval=10ms",
                "batches",
                "event=wall,interval=10ms",
                "both",
                "event=ctimer,interval=5ms,wall=20ms",
                "synced",
                "event=ctimer,interval=5ms,jfrsync=profile")
            .inheritIO()
            .start();
    try {
      assertThat(program.waitFor(1, TimeUnit.MINUTES)).isTrue();
    } finally {
      program.destroyForcibly();
    }
    assertThat(program.exitValue()).isZero();
    for (String each : List.of("wall", "batches", "both", "synced")) {
      Path file = folder.resolve(each + ".jfr");
      BODIES.put(each, Files.readAllBytes(file));
      EVENTS.put(each, RecordingFile.readAllEvents(file));
    }
  }

  private static Path place(Class<?> type) throws Exception {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
  }

  private static RecordingBody.Result convert(byte[] body) throws Exception {
    return RecordingBody.convert(
        body, 0, start -> true, RecordingOptions.DEFAULT, System.currentTimeMillis() * 1_000_000);
  }

  private static byte[] body(String recording) {
    return Objects.requireNonNull(BODIES.get(recording));
  }

  private static long oracle(String recording, String event, ToLongFunction<RecordedEvent> value) {
    return Objects.requireNonNull(EVENTS.get(recording)).stream()
        .filter(each -> each.getEventType().getName().equals(event))
        .mapToLong(value)
        .sum();
  }

  private static boolean runs(RecordedEvent event) {
    return event.getString("state").equals("STATE_RUNNABLE");
  }

  @Test
  void wallClock_hasTheThreadsThatRanAsCpu() throws Exception {
    RecordingBody.Result result = convert(body("wall"));
    long all = oracle("wall", "jdk.ExecutionSample", event -> 10 * MILLI);
    long running = oracle("wall", "jdk.ExecutionSample", event -> runs(event) ? 10 * MILLI : 0);

    assertThat(all).isGreaterThan(running);
    assertThat(wall(result)).isEqualTo(all);
    assertThat(cpu(result)).isPositive().isEqualTo(running);
    assertThat(result.estimatedPeriod()).isFalse();
    for (String name : List.of("wall", "process_cpu")) {
      assertThat(
              RecordingConverterTest.parse(
                      RecordingConverterTest.named(result.profiles(), name).body())
                  .getPeriod())
          .isEqualTo(10 * MILLI);
    }
    assertThat(stacks(result, "process_cpu"))
        .contains("dev/stoker/jvm/convert/AsyncProfiledProgram.burn")
        .doesNotContain("dev/stoker/jvm/convert/AsyncProfiledProgram.sleep");
    assertThat(stacks(result, "wall"))
        .contains("dev/stoker/jvm/convert/AsyncProfiledProgram.sleep");
  }

  @Test
  void batchesOfTheWallClock_tooOnceEachSample() throws Exception {
    RecordingBody.Result result = convert(body("batches"));
    ToLongFunction<RecordedEvent> nanos = event -> event.getInt("samples") * 10 * MILLI;
    assertThat(wall(result))
        .isPositive()
        .isEqualTo(oracle("batches", "profiler.WallClockSample", nanos));
    assertThat(cpu(result))
        .isPositive()
        .isEqualTo(
            oracle(
                "batches",
                "profiler.WallClockSample",
                event -> runs(event) ? nanos.applyAsLong(event) : 0));
  }

  @Test
  void clockBesideAnotherEvent_leavesCpuToThatEvent() throws Exception {
    RecordingBody.Result result = convert(body("both"));
    assertThat(cpu(result))
        .isPositive()
        .isEqualTo(oracle("both", "jdk.ExecutionSample", event -> 5 * MILLI));
    assertThat(wall(result))
        .isPositive()
        .isEqualTo(
            oracle(
                "both", "profiler.WallClockSample", event -> event.getInt("samples") * 20 * MILLI));
  }

  /**
   * The JDK's chunk stands first, its time is around that of the other, and its settings speak of
   * execution samples that it does not take.
   */
  @Test
  void recordingOfBoth_counts_asOne() throws Exception {
    byte[] body = body("synced");
    RecordingBody.Result result = convert(body);
    assertThat(result.chunks()).hasSizeGreaterThanOrEqualTo(2);
    long samples = oracle("synced", "jdk.ExecutionSample", event -> 1);
    assertThat(result.estimatedPeriod()).isFalse();
    assertThat(cpu(result)).isPositive().isEqualTo(samples * 5 * MILLI);
    assertThat(
            RecordingConverterTest.total(result.profiles(), "memory", "alloc_sample_objects/count"))
        .isPositive()
        .isEqualTo(oracle("synced", "jdk.ObjectAllocationSample", event -> 1));

    RecordingBody.Result swapped = convert(swap(body));
    assertThat(cpu(swapped)).isEqualTo(cpu(result));
    assertThat(
            RecordingConverterTest.total(swapped.profiles(), "memory", "alloc_sample_bytes/bytes"))
        .isEqualTo(
            RecordingConverterTest.total(result.profiles(), "memory", "alloc_sample_bytes/bytes"));
  }

  /** The first chunk last. */
  private static byte[] swap(byte[] body) {
    int first = (int) ByteBuffer.wrap(body).getLong(8);
    return ByteBuffer.allocate(body.length)
        .put(body, first, body.length - first)
        .put(body, 0, first)
        .array();
  }

  private static long cpu(RecordingBody.Result result) {
    return RecordingConverterTest.total(result.profiles(), "process_cpu", "cpu/nanoseconds");
  }

  private static long wall(RecordingBody.Result result) {
    return RecordingConverterTest.total(result.profiles(), "wall", "wall/nanoseconds");
  }

  private static String stacks(RecordingBody.Result result, String name) {
    return String.join(
        "\n",
        TestRecordings.stacks(
            RecordingConverterTest.parse(
                RecordingConverterTest.named(result.profiles(), name).body())));
  }
}
