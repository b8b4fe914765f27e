package dev.stoker.jvm.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stoker.jvm.convert.RecordingConverterTest;
import dev.stoker.jvm.convert.TestRecordings;
import dev.stoker.jvm.profile.ConvertedProfile;
import dev.stoker.pprof.Gzip;
import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.pprof.oracle.Pprof;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against what async-profiler 4.6 wrote of a small program, and texts that it would not write. */
class CollapsedBodyTest {
  private static final CollapsedBody.Options CPU =
      new CollapsedBody.Options(CollapsedBody.Of.CPU, 5_000_000, false);
  private static final CollapsedBody.Options THREADS =
      new CollapsedBody.Options(CollapsedBody.Of.CPU, 5_000_000, true);
  private static final CollapsedBody.Options WALL =
      new CollapsedBody.Options(CollapsedBody.Of.WALL, 20_000_000, false);
  private static final long TIME = 1_700_000_000_000_000_000L;
  private static final long DURATION = 15_000_000_000L;

  @Test
  void cpu_isProcessCpuInNanoseconds() throws Exception {
    byte[] text = TestRecordings.resource("ctimer.collapsed");

    ConvertedProfile converted = convert(text, CPU);
    Pprof.Profile profile = RecordingConverterTest.parse(converted.body());

    assertThat(converted.name()).isEqualTo("process_cpu");
    assertThat(RecordingConverterTest.total(List.of(converted), "process_cpu", "cpu/nanoseconds"))
        .isEqualTo(samples(text) * 5_000_000);
    assertThat(profile.getTimeNanos()).isEqualTo(TIME);
    assertThat(profile.getDurationNanos()).isEqualTo(DURATION);
    assertThat(profile.getPeriod()).isEqualTo(5_000_000);
    assertThat(profile.getStringTable((int) profile.getPeriodType().getType())).isEqualTo("cpu");
    assertThat(TestRecordings.stacks(profile))
        .contains(
            "M.lambda$burn$0 < M$$Lambda.run < M.burn < M.main",
            "__memset_avx2_unaligned_erms < ObjArrayAllocator::initialize < MemAllocator::allocate"
                + " < TypeArrayKlass::allocate_common < InterpreterRuntime::newarray < M.burn"
                + " < M.main");
    assertThat(profile.getSampleCount())
        .as("lines of the same stack are one sample")
        .isLessThan((int) lines(text));
  }

  @Test
  void outputOptions_changeNoName() throws Exception {
    for (String each : List.of("ctimer-threads-ann-sig.collapsed", "itimer-dot-ann.collapsed")) {
      Pprof.Profile profile = parse(TestRecordings.resource(each), CPU);
      assertThat(TestRecordings.stacks(profile))
          .as(each)
          .contains("M.lambda$burn$0 < M$$Lambda.run < M.burn < M.main");
      assertThat(RecordingConverterTest.functions(profile))
          .as(each)
          .noneMatch(name -> name.contains("_[") || name.startsWith("[main"));
    }
    assertThat(
            RecordingConverterTest.functions(
                parse(TestRecordings.resource("ctimer-threads-ann-sig.collapsed"), CPU)))
        .contains("one/profiler/AsyncProfiler.execute0", "Log::open(Arguments&)");
  }

  @Test
  void wall_keepsThreadsWhenAsked() throws Exception {
    byte[] text = TestRecordings.resource("wall-threads.collapsed");
    ConvertedProfile converted = convert(text, WALL);
    assertThat(converted.name()).isEqualTo("wall");
    assertThat(RecordingConverterTest.total(List.of(converted), "wall", "wall/nanoseconds"))
        .isEqualTo(samples(text) * 20_000_000);
    assertThat(RecordingConverterTest.functions(RecordingConverterTest.parse(converted.body())))
        .contains("java/lang/Object.wait", "__new_sem_wait_slow64.constprop.0", "[unknown]")
        .noneMatch(name -> name.contains("main]") || name.contains("tid="));

    assertThat(RecordingConverterTest.functions(parse(text, THREADS)))
        .contains("[main]", "[G1 Conc#0]", "[Common-Cleaner]")
        .noneMatch(name -> name.contains("tid="));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "java/lang/Thread.run",
        "java/lang/Thread.run_[j]",
        "java/lang/Thread.run_[0]",
        "java.lang.Thread.run_[i]",
        "java.lang.Thread.run()V_[1]",
        "java/lang/Thread.run(Ljava/lang/String|[I)V",
        "java/lang/Thread.run:833"
      })
  void javaNames_areThoseOfRecordings(String frame) throws Exception {
    assertThat(stacks(frame + ";x 1")).containsExactly("x < java/lang/Thread.run");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "std::vector<int, std::allocator<int> >::push_back(int const&)",
        "__new_sem_wait_slow64.constprop.0",
        "[unknown_Java]",
        "libjvm.so`JavaThread::run",
        "libx-2.17.so",
        "libx-2.17.so;5f3a0b1c (deleted)",
        "libx-2.17.so;5f3a0b1c",
        "libx.so.6 (deleted)",
        "com/acme/Order$ProxyCache.get",
        "com/acme/Order$ProxyPool.get",
        "java/lang/reflect/Proxy$ProxyBuilder.defineProxyClass"
      })
  void otherNames_stayAsTheyAre(String frame) throws Exception {
    assertThat(stacks("a;" + frame + " 1")).containsExactly(frame + " < a");
    assertThat(stacks("a;" + frame + ";b 1")).containsExactly("b < " + frame + " < a");
  }

  @Test
  void kernelNames_loseTheirMark() throws Exception {
    assertThat(stacks("a;do_syscall_64_[k];foo.cold_[k] 2"))
        .containsExactly("foo.cold < do_syscall_64 < a");
  }

  @Test
  void oddLines_areReadAsFarAsTheyMakeSense() throws Exception {
    assertThat(stacks("\r\na;b 1\r\n\n ;;a;;b 2  \n[only one] 3\nc 0\n"))
        .containsExactlyInAnyOrder("b < a", "b < a <  ", "[only one]");
    assertThat(parse("".getBytes(StandardCharsets.UTF_8), CPU).getSampleCount()).isZero();
    assertThat(stacks("\u00e9/\u00c4.run;\ud83d\ude00 1"))
        .containsExactly("\ud83d\ude00 < \u00e9/\u00c4.run");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a;b", "a;b ", "a;b x1", "a;b -1", "a;b 1.5", "12", " 12", "a;b 1234567890123456"})
  void lineWithoutACount_isRefusedByItsNumber(String line) {
    assertThatThrownBy(() -> parse(("x;y 1\n" + line).getBytes(StandardCharsets.UTF_8), CPU))
        .isInstanceOf(MalformedProfileException.class)
        .hasMessageContaining("line 2")
        .hasMessageContaining("collapsed stack");
  }

  @Test
  void totals_areRefused() {
    assertThatThrownBy(() -> parse("a;b 900000000000000\n".getBytes(StandardCharsets.UTF_8), CPU))
        .isInstanceOf(MalformedProfileException.class)
        .hasMessageContaining("line 1")
        .hasMessageContaining("without the option total");
  }

  @Test
  void gzippedText_isTheSame_withinItsLimit() throws Exception {
    byte[] text = TestRecordings.resource("wall-threads.collapsed");
    byte[] gzipped = Gzip.deflate(text, text.length, 6);
    assertThat(CollapsedBody.isCollapsed(gzipped)).isTrue();
    assertThat(TestRecordings.stacks(parse(gzipped, WALL)))
        .isEqualTo(TestRecordings.stacks(parse(text, WALL)));
    assertThatThrownBy(() -> CollapsedBody.convert(gzipped, 100, WALL, TIME, DURATION))
        .isInstanceOf(MalformedProfileException.class)
        .hasMessageContaining("max_inflated_size");
    assertThatThrownBy(() -> parse(Arrays.copyOf(gzipped, gzipped.length / 2), WALL))
        .isInstanceOf(MalformedProfileException.class)
        .hasMessageContaining("cut");
  }

  @Test
  void deepAndManyStacks_areBounded() throws Exception {
    StringBuilder text = new StringBuilder("f;".repeat(5_000)).append("leaf 1\n");
    for (int i = 0; i < 25_000; i++) {
      text.append("a;b").append(i).append(" 1\n");
    }
    Pprof.Profile profile = parse(text.toString().getBytes(StandardCharsets.UTF_8), CPU);
    assertThat(profile.getSampleList()).allMatch(sample -> sample.getLocationIdCount() <= 1_024);
    assertThat(profile.getSampleCount()).isLessThanOrEqualTo(20_001);
    assertThat(RecordingConverterTest.functions(profile)).contains("[stacks over the limit]");
    assertThat(profile.getSampleList().stream().mapToLong(sample -> sample.getValue(0)).sum())
        .isEqualTo(25_001 * 5_000_000L);

    byte[] endless = new byte[1 << 20];
    Arrays.fill(endless, (byte) 'a');
    assertThatThrownBy(() -> parse(endless, CPU))
        .isInstanceOf(MalformedProfileException.class)
        .hasMessageContaining("line 1 is longer than");
  }

  /** Wherever the odd line stands, it is named, not the whole text. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5})
  void textWithAnOddLine_isCollapsedAllTheSame(int number) {
    List<String> lines = new java.util.ArrayList<>(List.of("a;b 1", "a;c 2", "a;d 3", "a;e 4"));
    lines.add(number - 1, "Profiling started");
    byte[] body = String.join("\n", lines).getBytes(StandardCharsets.UTF_8);
    assertThat(CollapsedBody.isCollapsed(body)).isTrue();
    assertThatThrownBy(() -> parse(body, CPU))
        .isInstanceOf(MalformedProfileException.class)
        .hasMessageContaining("line " + number + " is no collapsed stack")
        .hasMessageContaining("Profiling started");
  }

  @Test
  void sniffing_tellsTextsApart() throws Exception {
    for (String each :
        List.of("ctimer.collapsed", "ctimer-threads-ann-sig.collapsed", "wall-threads.collapsed")) {
      assertThat(CollapsedBody.isCollapsed(TestRecordings.resource(each))).as(each).isTrue();
    }
    for (String other :
        List.of(
            "",
            "<!DOCTYPE html>\n<script>a;b 1",
            "{\"a\": 1}",
            "[1,\n2]",
            "Profiler is active; please wait",
            "retry in 5",
            "FLR\0;1 2")) {
      byte[] body = other.getBytes(StandardCharsets.UTF_8);
      assertThat(CollapsedBody.isCollapsed(body)).as(other).isEqualTo(other.startsWith("FLR"));
    }
    byte[] dump = TestRecordings.resource("threaddump-boot-3.5.9.json.gz");
    assertThat(CollapsedBody.isCollapsed(dump)).isFalse();
    byte[] large =
        "some/Class.method;other/Class.method 17\n".repeat(5_000).getBytes(StandardCharsets.UTF_8);
    assertThat(CollapsedBody.isCollapsed(large)).isTrue();
  }

  private static ConvertedProfile convert(byte[] text, CollapsedBody.Options options)
      throws MalformedProfileException {
    return CollapsedBody.convert(text, 0, options, TIME, DURATION);
  }

  private static Pprof.Profile parse(byte[] text, CollapsedBody.Options options)
      throws MalformedProfileException {
    byte[] body = convert(text, options).body();
    return body.length == 0
        ? Pprof.Profile.getDefaultInstance()
        : RecordingConverterTest.parse(body);
  }

  private static List<String> stacks(String text) throws MalformedProfileException {
    return TestRecordings.stacks(parse(text.getBytes(StandardCharsets.UTF_8), CPU));
  }

  private static long samples(byte[] text) {
    return new String(text, StandardCharsets.UTF_8)
        .lines()
        .filter(line -> !line.isBlank())
        .mapToLong(line -> Long.parseLong(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  private static long lines(byte[] text) {
    return new String(text, StandardCharsets.UTF_8).lines().count();
  }
}
