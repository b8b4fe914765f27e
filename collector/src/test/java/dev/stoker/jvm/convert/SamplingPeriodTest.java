package dev.stoker.jvm.convert;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.jvm.profile.ConvertedProfile;
import dev.stoker.pprof.oracle.Pprof;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Set;
import jdk.jfr.Event;
import jdk.jfr.Name;
import jdk.jfr.Recording;
import jdk.jfr.SettingControl;
import jdk.jfr.SettingDefinition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a sample stands for, in recordings of this JVM that say it, and that do not. */
class SamplingPeriodTest {
  private static final long MILLI = 1_000_000;
  private static volatile Object sink = "";

  /** Another event with settings called as those of samplers are. */
  @Name("test.Other")
  static final class Other extends Event {
    @SettingDefinition
    @Name("interval")
    boolean interval(Text control) {
      return control != null;
    }

    @SettingDefinition
    @Name("event")
    boolean event(Text control) {
      return control != null;
    }
  }

  /** A setting that is what it is set to. */
  public static final class Text extends SettingControl {
    private String value = "77000000";

    @Override
    public String combine(Set<String> values) {
      return values.iterator().next();
    }

    @Override
    public void setValue(String set) {
      value = set;
    }

    @Override
    public String getValue() {
      return value;
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {10, 40})
  void recordingWithoutSettings_isWorkedOutFromItsSamples(long millis) throws Exception {
    RecordingBody.Result result =
        convert(record(millis, false, 800 + 10 * millis), new JvmMemory());
    Pprof.Profile cpu = cpu(result);
    assertThat(result.estimatedPeriod()).isTrue();
    assertThat((double) cpu.getPeriod() / MILLI).isBetween(millis * 0.85, millis * 1.3);
    assertThat(total(cpu) % cpu.getPeriod()).isZero();
  }

  @Test
  void recordingWithSettings_isTakenAtItsWord_andOtherEventsHaveNoSay() throws Exception {
    RecordingBody.Result result = convert(record(30, true, 150), new JvmMemory());
    assertThat(cpu(result).getPeriod()).isEqualTo(30 * MILLI);
    assertThat(result.estimatedPeriod()).isFalse();
    assertThat(result.profiles()).extracting(ConvertedProfile::name).doesNotContain("wall");
  }

  /** The first recording of the same JVM said it, or let it be worked out. */
  @Test
  void fewSamples_areWorthWhatThoseBeforeThemWere() throws Exception {
    byte[] few = record(40, false, 200);
    JvmMemory told = new JvmMemory();
    convert(record(30, true, 150), told);
    RecordingBody.Result after = convert(few, told);
    assertThat(after.estimatedPeriod()).isFalse();
    assertThat(cpu(after).getPeriod()).isEqualTo(30 * MILLI);
  }

  private static RecordingBody.Result convert(byte[] recording, JvmMemory memory) throws Exception {
    return RecordingBody.convert(
        recording,
        0,
        head -> ChunkPart.ALL,
        new RecordingConverter(RecordingOptions.DEFAULT, memory),
        System.currentTimeMillis() * MILLI);
  }

  private static Pprof.Profile cpu(RecordingBody.Result result) {
    return RecordingConverterTest.parse(
        RecordingConverterTest.named(result.profiles(), "process_cpu").body());
  }

  private static long total(Pprof.Profile cpu) {
    return cpu.getSampleList().stream().mapToLong(sample -> sample.getValue(0)).sum();
  }

  private static byte[] record(long periodMillis, boolean settings, long cpuMillis)
      throws IOException {
    try (Recording recording = new Recording()) {
      recording.enable("jdk.ExecutionSample").withPeriod(Duration.ofMillis(periodMillis));
      if (settings) {
        recording.enable("jdk.ActiveSetting");
        recording.enable(Other.class).with("interval", "77000000").with("event", "wall");
      }
      recording.start();
      long until =
          ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() + cpuMillis * MILLI;
      long end = System.nanoTime() + 20_000 * MILLI;
      while (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() < until
          && System.nanoTime() < end) {
        burn();
      }
      recording.stop();
      try (InputStream in = recording.getStream(null, null)) {
        return in.readAllBytes();
      }
    }
  }

  private static void burn() {
    long hash = 1;
    for (int i = 0; i < 200_000; i++) {
      hash = hash * 31 + Integer.toString(i).hashCode();
    }
    sink = hash;
  }
}
