package dev.stoker.jvm.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.stoker.jvm.convert.RecordingConverterTest;
import dev.stoker.jvm.convert.TestRecordings;
import dev.stoker.jvm.profile.ConvertedProfile;
import dev.stoker.pprof.Gzip;
import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.pprof.oracle.Pprof;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against answers recorded from Spring Boot, and dumps of this JVM. */
class ThreadDumpsTest {
  private static final long TIME = 1_700_000_000_000_000_000L;
  private static final long SECOND = 1_000_000_000L;

  @ParameterizedTest
  @CsvSource({"2.7.18", "3.5.9", "4.1.1"})
  void springBoot_isReadWhateverItsVersion(String version) throws Exception {
    byte[] body = TestRecordings.resource("threaddump-boot-" + version + ".json.gz");
    ThreadDumps dumps = new ThreadDumps(true);

    int threads = dumps.add(body, 0, SECOND);
    dumps.add(Gzip.inflate(body, 1 << 20), 0, 2 * SECOND);
    ConvertedProfile wall = dumps.finish(TIME, 15 * SECOND, 5 * SECOND);
    Pprof.Profile profile = RecordingConverterTest.parse(wall.body());

    assertThat(wall.name()).isEqualTo("wall");
    assertThat(threads).as("24, of which 3 have no Java stack and one made the dump").isEqualTo(20);
    assertThat(RecordingConverterTest.total(List.of(wall), "wall", "wall/nanoseconds"))
        .isEqualTo(threads * 3 * SECOND);
    assertThat(profile.getPeriod()).isEqualTo(5 * SECOND);
    assertThat(profile.getTimeNanos()).isEqualTo(TIME);
    assertThat(profile.getDurationNanos()).isEqualTo(15 * SECOND);
    assertThat(TestRecordings.stacks(profile))
        .contains("app/App.lambda$main$0 < app/App$$Lambda.run < java/lang/Thread.run < [burner]");
    assertThat(states(profile))
        .containsOnly("RUNNABLE", "WAITING", "TIMED_WAITING", "BLOCKED")
        .contains("BLOCKED");
    assertThat(RecordingConverterTest.functions(profile))
        .noneMatch(name -> name.contains("dumpThreads"));
    assertThat(profile.getLocationList()).anyMatch(at -> at.getLine(0).getLine() > 0);
    assertThat(profile.getLocationList()).allMatch(at -> at.getLine(0).getLine() >= 0);
  }

  @ParameterizedTest
  @CsvSource({"7, 7", "-1, 0", "-2, 0", "2147483647, 2147483647", "4294967303, 0", "1e3, 0"})
  void anyLine_isThatOfItsOwnFrame_orNotKnown(String line, int expected) throws Exception {
    String frame = "{\"className\":\"a.%s\",\"methodName\":\"m\",\"lineNumber\":" + line + "}";
    String json =
        "[{\"threadName\":\"t\",\"threadState\":\"RUNNABLE\",\"stackTrace\":["
            + frame.formatted("B")
            + ","
            + frame.formatted("C")
            + "]}]";
    ThreadDumps dumps = new ThreadDumps(false);
    dumps.add(json.getBytes(StandardCharsets.UTF_8), 0, SECOND);
    Pprof.Profile profile = RecordingConverterTest.parse(dumps.finish(TIME, SECOND, SECOND).body());
    assertThat(TestRecordings.stacks(profile)).containsExactly("a/B.m < a/C.m");
    assertThat(profile.getLocationList()).allMatch(at -> at.getLine(0).getLine() == expected);
  }

  @Test
  void equalStacks_areOneSample_withoutThreadNames() throws Exception {
    byte[] body = TestRecordings.resource("threaddump-boot-3.5.9.json.gz");
    ThreadDumps dumps = new ThreadDumps(false);
    dumps.add(body, 0, SECOND);

    Pprof.Profile profile = RecordingConverterTest.parse(dumps.finish(TIME, SECOND, SECOND).body());

    assertThat(profile.getSampleList())
        .as("nine idle workers wait at the same place")
        .anyMatch(sample -> sample.getValue(0) == 9 * SECOND);
    assertThat(RecordingConverterTest.functions(profile)).noneMatch(name -> name.startsWith("["));
  }

  /** JDK 25: the virtual thread that computes all the time is in no dump; its carrier is. */
  @Test
  void virtualThreads_areSeenAsTheirCarriersOnly() throws Exception {
    ThreadDumps dumps = new ThreadDumps(true);
    dumps.add(TestRecordings.resource("threaddump-boot-4.1.1-virtual.json.gz"), 0, SECOND);
    Pprof.Profile profile = RecordingConverterTest.parse(dumps.finish(TIME, SECOND, SECOND).body());
    assertThat(RecordingConverterTest.functions(profile))
        .contains("java/lang/VirtualThread.runContinuation", "[ForkJoinPool-1-worker-1]")
        .doesNotContain("[busy-virtual]");
  }

  /** As Micronaut and Spring Boot 1 answer: the array alone, written by Jackson. */
  @Test
  void dumpOfThisJvm_asAnArrayOfThreadInfos_isRead() throws Exception {
    byte[] body =
        new ObjectMapper()
            .writeValueAsBytes(ManagementFactory.getThreadMXBean().dumpAllThreads(true, true));
    ThreadDumps dumps = new ThreadDumps(true);
    assertThat(dumps.add(body, 0, SECOND)).isPositive();
    assertThat(dumps.dumps()).isEqualTo(1);
    assertThat(
            RecordingConverterTest.functions(
                RecordingConverterTest.parse(dumps.finish(TIME, SECOND, SECOND).body())))
        .contains("java/lang/ref/Reference.waitForReferencePendingList", "[Reference Handler]")
        .noneMatch(name -> name.contains("dumpThreads"));
  }

  @Test
  void missingFields_costOnlyWhatTheyWouldSay() throws Exception {
    String body =
        """
        {"other": {"threads": [1]}, "threads": [
          {"stackTrace": [{"className": "a.B", "methodName": "c", "lineNumber": -2}]},
          {"threadName": null, "threadState": "PARKED", "stackTrace": [{}, null, 7, {"className": "a.B"}]},
          {"threadName": {"a": []}, "threadState": null, "stackTrace": null},
          {"threadName": "no stack", "threadState": "NEW"},
          [1], null, 7
        ]}
        """;
    ThreadDumps dumps = new ThreadDumps(true);
    assertThat(dumps.add(body.getBytes(StandardCharsets.UTF_8), 0, SECOND)).isEqualTo(2);
    Pprof.Profile profile = RecordingConverterTest.parse(dumps.finish(TIME, SECOND, SECOND).body());
    assertThat(TestRecordings.stacks(profile))
        .containsExactlyInAnyOrder(
            "a/B.c < [unknown thread]", "[unknown frame] < a/B. < [unknown thread]");
    assertThat(states(profile)).containsOnly("UNKNOWN");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "<html>login</html>",
        "2026-11-26 01:00:00\nFull thread dump OpenJDK",
        "{\"timestamp\":\"2026\",\"status\":404}",
        "{\"threads\":[]}",
        "{\"threads\":{}}",
        "[]",
        "{\"threads\":[{\"stackTrace\":[{\"className\":\"a\"",
        "{\"threads\":[{\"stackTrace\":[{\"className\":\"a\"}]}]} {}"
      })
  void anythingElse_isRefused_andChangesNothing(String body) throws Exception {
    ThreadDumps dumps = new ThreadDumps(false);
    assertThatThrownBy(() -> dumps.add(body.getBytes(StandardCharsets.UTF_8), 0, SECOND))
        .isInstanceOf(MalformedProfileException.class)
        .satisfies(error -> assertThat(error.getMessage()).isNotBlank());
    assertThat(dumps.dumps()).isZero();
    byte[] good = TestRecordings.resource("threaddump-boot-4.1.1.json.gz");
    byte[] cut = Arrays.copyOf(good, good.length - 20);
    assertThatThrownBy(() -> dumps.add(cut, 0, SECOND))
        .isInstanceOf(MalformedProfileException.class);
    dumps.add(good, 0, SECOND);
    ConvertedProfile wall = dumps.finish(TIME, SECOND, SECOND);
    assertThat(RecordingConverterTest.total(List.of(wall), "wall", "wall/nanoseconds"))
        .isEqualTo(20 * SECOND);
  }

  @Test
  void hostileDumps_meetTheirLimits() {
    refused("[".repeat(100), "depth");
    refused("[{\"threadName\":\"" + "a".repeat(100_000) + "\"}]", "length");
    refused("[" + "{},".repeat(60_000) + "{}]", "more than 50000");
    byte[] zeros =
        ("[{\"stackTrace\":[" + "{},".repeat(1_000_000) + "{}]}]").getBytes(StandardCharsets.UTF_8);
    byte[] bomb = Gzip.deflate(zeros, zeros.length, 9);
    assertThatThrownBy(() -> new ThreadDumps(false).add(bomb, 1 << 20, SECOND))
        .isInstanceOf(MalformedProfileException.class)
        .hasMessageContaining("max_inflated_size");
  }

  @Test
  void deepStacks_keepTheirLeaf() throws Exception {
    ThreadDumps dumps = new ThreadDumps(false);
    String frames = "{\"className\":\"L\",\"methodName\":\"leaf\"}" + ",{}".repeat(5_000);
    dumps.add(("[{\"stackTrace\":[" + frames + "]}]").getBytes(StandardCharsets.UTF_8), 0, 1);
    Pprof.Profile profile = RecordingConverterTest.parse(dumps.finish(TIME, 1, 1).body());
    assertThat(profile.getSample(0).getLocationIdCount()).isEqualTo(1_024);
    assertThat(TestRecordings.stacks(profile).get(0)).startsWith("L.leaf < ");
  }

  private static void refused(String body, String reason) {
    assertThatThrownBy(
            () -> new ThreadDumps(false).add(body.getBytes(StandardCharsets.UTF_8), 0, SECOND))
        .isInstanceOf(MalformedProfileException.class)
        .hasMessageContaining(reason);
  }

  private static List<String> states(Pprof.Profile profile) {
    return profile.getSampleList().stream()
        .flatMap(sample -> sample.getLabelList().stream())
        .filter(
            label -> profile.getStringTable((int) label.getKey()).equals(ThreadDumps.STATE_LABEL))
        .map(label -> profile.getStringTable((int) label.getStr()))
        .collect(Collectors.toList());
  }

  /** 500 threads a dump whose names have 60,000 characters, new ones in each of 20 dumps. */
  @Test
  void namesOfManyCharacters_areBounded_andTheTimeStaysWhole() throws Exception {
    ThreadDumps dumps = new ThreadDumps(false);
    String pad = "x".repeat(60_000);
    for (int dump = 0; dump < 20; dump++) {
      StringBuilder json = new StringBuilder("{\"threads\":[");
      for (int i = 0; i < 50; i++) {
        json.append(i == 0 ? "" : ",")
            .append("{\"threadState\":\"RUNNABLE\",\"stackTrace\":[{\"className\":\"c")
            .append(dump)
            .append('_')
            .append(i)
            .append(pad)
            .append("\",\"methodName\":\"m\"}]}");
      }
      byte[] body = json.append("]}").toString().getBytes(StandardCharsets.UTF_8);
      assertThat(dumps.add(body, 0, SECOND)).isEqualTo(50);
    }
    assertThat(dumps.over()).isEqualTo(20 * 50 - 66);
    assertThat(dumps.bytes()).isLessThan(10 << 20);
    ConvertedProfile wall = dumps.finish(TIME, 20 * SECOND, SECOND);
    assertThat(RecordingConverterTest.total(List.of(wall), "wall", "wall/nanoseconds"))
        .isEqualTo(20 * 50 * SECOND);
    assertThat(RecordingConverterTest.functions(RecordingConverterTest.parse(wall.body())))
        .contains("[stacks over the limit]")
        .hasSize(67);
  }
}
