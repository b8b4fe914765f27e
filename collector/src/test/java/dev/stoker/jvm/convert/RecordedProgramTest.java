package dev.stoker.jvm.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.stoker.jvm.convert.RecordedStacks.Value;
import dev.stoker.jvm.profile.ConvertedProfile;
import dev.stoker.pprof.oracle.Pprof;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A program of its own JVM, recorded with the JDK's settings: what Stoker makes of it is what the
 * JDK's own reader says, stack by stack, name by name and value by value; but what was allocated is
 * what the threads' own counters say, since the weights of a recording that begins hold the past.
 */
class RecordedProgramTest {
  private static final int JDK = Runtime.version().feature();
  private static final Map<String, byte[]> BODIES = new HashMap<>();
  private static final Map<String, List<RecordedEvent>> EVENTS = new HashMap<>();

  static Stream<String> recordings() {
    return JDK >= 25 ? Stream.of("default", "profile", "cputime") : Stream.of("default", "profile");
  }

  @BeforeAll
  static void record(@TempDir Path folder) throws Exception {
    Path source = folder.resolve("NoLines.java");
    Files.writeString(
        source,
        """
        public class NoLines implements java.util.function.LongUnaryOperator {
          public long applyAsLong(long n) {
            long hash = 1;
            for (long i = 0; i < n * 50; i++) hash = hash * 31 + String.valueOf(i).hashCode();
            return hash;
          }
        }
        """);
    int compiled =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, "-g:none", "-d", folder.toString(), source.toString());
    assertThat(compiled).isZero();
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx128m", "-cp"));
    Path classes =
        Path.of(RecordedProgram.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    command.add(classes + File.pathSeparator + folder);
    command.add(RecordedProgram.class.getName());
    command.add(folder.toString());
    recordings().forEach(command::add);
    Process program = new ProcessBuilder(command).inheritIO().start();
    try {
      assertThat(program.waitFor(2, TimeUnit.MINUTES)).isTrue();
    } finally {
      program.destroyForcibly();
    }
    assertThat(program.exitValue()).isZero();
    for (String each : recordings().toList()) {
      Path file = folder.resolve(each + ".jfr");
      BODIES.put(each, Files.readAllBytes(file));
      EVENTS.put(each, RecordingFile.readAllEvents(file));
    }
  }

  private static List<ConvertedProfile> convert(String recording, RecordingOptions options)
      throws Exception {
    return RecordingBody.convert(
            body(recording), 0, start -> true, options, System.currentTimeMillis() * 1_000_000)
        .profiles();
  }

  private static Pprof.Profile profile(String recording, String name) throws Exception {
    return RecordingConverterTest.parse(
        RecordingConverterTest.named(convert(recording, RecordingOptions.DEFAULT), name).body());
  }

  private static byte[] body(String recording) {
    return Objects.requireNonNull(BODIES.get(recording));
  }

  private static List<RecordedEvent> events(String recording) {
    return Objects.requireNonNull(EVENTS.get(recording));
  }

  @ParameterizedTest
  @MethodSource("recordings")
  void cpu_isEqualPerStack(String recording) throws Exception {
    Pprof.Profile cpu = profile(recording, "process_cpu");
    Map<String, Value> found = RecordedStacks.of(cpu, -1, 0);
    Map<String, Value> expected =
        recording.equals("cputime")
            ? oracle(
                recording,
                "jdk.CPUTimeSample",
                event -> event.getDuration("samplingPeriod").toNanos())
            : oracle(recording, "jdk.ExecutionSample", event -> period(recording));

    assertThat(found.keySet()).isEqualTo(expected.keySet());
    expected.forEach(
        (stack, value) ->
            assertThat(Objects.requireNonNull(found.get(stack)).sum())
                .as(stack)
                .isCloseTo(value.sum(), within(value.count())));
    assertThat(String.join("\n", found.keySet()))
        .contains("NoLines.applyAsLong:0 < dev/stoker/jvm/convert/RecordedProgram.reflected:")
        .contains("dev/stoker/jvm/convert/RecordedProgram$$Lambda.invoke:0 < ")
        .containsPattern("/\\$Proxy\\.work:\\d+ < dev/stoker/jvm/convert/RecordedProgram\\.")
        .contains("dev/stoker/jvm/convert/RecordedProgram$$Lambda.run:0 < ");
    if (JDK == 17) {
      assertThat(found.keySet())
          .anyMatch(stack -> stack.contains("/GeneratedMethodAccessor.invoke:"));
    } else if (JDK >= 25) {
      assertThat(found.keySet()).anyMatch(stack -> stack.contains("java/lang/VirtualThread.run:"));
    }
  }

  /** What the recording says of its own execution samples. */
  private static long period(String recording) {
    return events(recording).stream()
        .filter(event -> event.getEventType().getName().equals("jdk.ActiveSetting"))
        .filter(event -> event.getString("name").equals("period"))
        .filter(event -> event.getLong("id") == executionSample(recording))
        .map(event -> event.getString("value").replace(" ms", "000000"))
        .mapToLong(Long::parseLong)
        .findFirst()
        .orElseThrow();
  }

  private static long executionSample(String recording) {
    return events(recording).stream()
        .filter(event -> event.getEventType().getName().equals("jdk.ExecutionSample"))
        .mapToLong(event -> event.getEventType().getId())
        .findFirst()
        .orElseThrow();
  }

  @ParameterizedTest
  @MethodSource("recordings")
  void waitsAndParks_areEqualPerStack(String recording) throws Exception {
    assertEqual(
        RecordedStacks.of(profile(recording, "mutex"), 0, 1),
        oracle(recording, "jdk.JavaMonitorEnter", event -> event.getDuration().toNanos()));
    Map<String, Value> parks = RecordedStacks.of(profile(recording, "block"), 0, 1);
    assertThat(parks.keySet())
        .allMatch(stack -> stack.startsWith("jdk/internal/misc/Unsafe.park:0"));
    assertEqual(parks, oracle(recording, "jdk.ThreadPark", event -> event.getDuration().toNanos()));
  }

  @ParameterizedTest
  @MethodSource("recordings")
  void allocations_haveTheSamplesOfTheirStacks(String recording) throws Exception {
    Map<String, Value> found = RecordedStacks.of(profile(recording, "memory"), 0, 1);
    Map<String, Value> expected =
        oracle(recording, "jdk.ObjectAllocationSample", event -> event.getLong("weight"));

    assertThat(counts(found)).isEqualTo(counts(expected));
    Set<String> firsts = stacksOfFirstSamples(recording);
    expected.forEach(
        (stack, value) -> {
          if (!firsts.contains(stack)) {
            assertThat(found.get(stack)).as(stack).isEqualTo(value);
          }
        });
  }

  /** Only these may weigh less than the recording says: they hold what was before it. */
  private static Set<String> stacksOfFirstSamples(String recording) {
    Map<String, RecordedEvent> first = new HashMap<>();
    for (RecordedEvent event : events(recording)) {
      if (event.getEventType().getName().equals("jdk.ObjectAllocationSample")) {
        first.merge(
            event.getThread("eventThread") == null
                ? ""
                : event.getThread("eventThread").getId() + "",
            event,
            (a, b) -> a.getStartTime().isAfter(b.getStartTime()) ? b : a);
      }
    }
    Set<String> stacks = new HashSet<>();
    first
        .values()
        .forEach(
            event ->
                stacks.addAll(
                    RecordedStacks.of(List.of(event), "jdk.ObjectAllocationSample", each -> 0)
                        .keySet()));
    return stacks;
  }

  @ParameterizedTest
  @MethodSource("recordings")
  void allocatedBytes_areThoseOfTheThreadsOwnCounters(String recording) throws Exception {
    for (String thread : List.of("program-odd", "program-large")) {
      List<RecordedEvent> counters =
          eventsOf(recording, "jdk.ThreadAllocationStatistics", "thread", thread);
      RecordedEvent begin = counters.get(0);
      RecordedEvent end = counters.get(counters.size() - 1);
      long truth = end.getLong("allocated") - begin.getLong("allocated");
      List<RecordedEvent> samples =
          eventsOf(recording, "jdk.ObjectAllocationSample", "eventThread", thread);
      long largest = largestBetween(samples);
      assertThat(allocatedSince(recording, thread, begin.getStartTime()))
          .as("%s, of which a sample is at most %d", thread, largest)
          .isCloseTo(truth, within(truth / 20 + 2 * largest));
    }
  }

  private static long allocatedSince(String recording, String thread, Instant begin)
      throws Exception {
    long nanos = begin.getEpochSecond() * 1_000_000_000 + begin.getNano();
    List<ConvertedProfile> profiles =
        RecordingBody.convert(
                body(recording),
                0,
                chunk -> new ChunkPart(0, nanos),
                new RecordingConverter(new RecordingOptions(true, false)),
                System.currentTimeMillis() * 1_000_000)
            .profiles();
    Pprof.Profile memory =
        RecordingConverterTest.parse(RecordingConverterTest.named(profiles, "memory").body());
    return RecordedStacks.of(memory, 0, 1).entrySet().stream()
        .filter(stack -> stack.getKey().endsWith("[" + thread + "]:0"))
        .mapToLong(stack -> stack.getValue().sum())
        .sum();
  }

  /**
   * A sample may reach over the first reading of the counter, and what follows the last sample is
   * in none.
   */
  private static long largestBetween(List<RecordedEvent> samples) {
    return samples.stream().skip(1).mapToLong(event -> event.getLong("weight")).max().orElseThrow();
  }

  /** By time. */
  private static List<RecordedEvent> eventsOf(
      String recording, String event, String field, String thread) {
    return events(recording).stream()
        .filter(each -> each.getEventType().getName().equals(event))
        .filter(each -> each.getThread(field) != null)
        .filter(each -> thread.equals(each.getThread(field).getJavaName()))
        .sorted(Comparator.comparing(RecordedEvent::getStartTime))
        .toList();
  }

  private static Map<String, Value> oracle(
      String recording, String event, ToLongFunction<RecordedEvent> amount) {
    Map<String, Value> stacks = RecordedStacks.of(events(recording), event, amount);
    assertThat(stacks).as(event).isNotEmpty();
    return stacks;
  }

  /** Ticks become nanoseconds, rounded for each event. */
  private static void assertEqual(Map<String, Value> found, Map<String, Value> expected) {
    assertThat(counts(found)).isEqualTo(counts(expected));
    expected.forEach(
        (stack, value) ->
            assertThat(Objects.requireNonNull(found.get(stack)).sum())
                .as(stack)
                .isCloseTo(value.sum(), within(value.count() * 2)));
  }

  private static Map<String, Long> counts(Map<String, Value> stacks) {
    Map<String, Long> counts = new TreeMap<>();
    stacks.forEach((stack, value) -> counts.put(stack, value.count()));
    return counts;
  }
}
