package dev.stoker.jvm.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stoker.jvm.profile.ConvertedProfile;
import dev.stoker.pprof.Gzip;
import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.pprof.oracle.Pprof;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against recordings of this very JVM, with the JDK's own reader as the oracle. */
public class RecordingConverterTest {
  private static final long NOW = System.currentTimeMillis() * 1_000_000 + 3_600_000_000_000L;
  private static byte[] recording = {};
  private static List<RecordedEvent> events = List.of();

  @BeforeAll
  static void record(@TempDir Path folder) throws IOException {
    recording = TestRecordings.make(3);
    Path file = folder.resolve("test.jfr");
    Files.write(file, recording);
    events = RecordingFile.readAllEvents(file);
  }

  private static RecordingBody.Result convert(byte[] body) throws MalformedProfileException {
    return convert(body, RecordingOptions.DEFAULT);
  }

  private static RecordingBody.Result convert(byte[] body, RecordingOptions options)
      throws MalformedProfileException {
    return RecordingBody.convert(body, 64 << 20, start -> true, options, NOW);
  }

  private static long oracle(String event, ToLongFunction<RecordedEvent> value) {
    return events.stream()
        .filter(each -> each.getEventType().getName().equals(event))
        .mapToLong(value)
        .sum();
  }

  @Test
  void sums_areThoseOfTheJdksOwnReader() throws Exception {
    List<ConvertedProfile> profiles = convert(recording).profiles();

    assertThat(total(profiles, "process_cpu", "cpu/nanoseconds"))
        .as("native samples are not CPU")
        .isPositive()
        .isEqualTo(oracle("jdk.ExecutionSample", event -> 10_000_000));
    assertThat(total(profiles, "memory", "alloc_in_new_tlab_objects/count"))
        .isPositive()
        .isEqualTo(oracle("jdk.ObjectAllocationInNewTLAB", event -> 1));
    assertThat(total(profiles, "memory", "alloc_in_new_tlab_bytes/bytes"))
        .isEqualTo(oracle("jdk.ObjectAllocationInNewTLAB", event -> event.getLong("tlabSize")));
    assertThat(total(profiles, "mutex", "contentions/count"))
        .isPositive()
        .isEqualTo(oracle("jdk.JavaMonitorEnter", event -> 1));
    assertThat(total(profiles, "mutex", "delay/nanoseconds"))
        .as("ticks become nanoseconds, rounded for each event")
        .isCloseTo(nanos("jdk.JavaMonitorEnter"), org.assertj.core.data.Offset.offset(100L));
    assertThat(total(profiles, "block", "delay/nanoseconds"))
        .isPositive()
        .isCloseTo(nanos("jdk.ThreadPark"), org.assertj.core.data.Offset.offset(1_000L));
  }

  private static long nanos(String event) {
    return oracle(event, each -> each.getDuration().toNanos());
  }

  @Test
  void firstAllocationOfAnOldThread_doesNotWeighItsPast() throws Exception {
    long raw = oracle("jdk.ObjectAllocationSample", event -> event.getLong("weight"));
    long converted = total(convert(recording).profiles(), "memory", "alloc_sample_bytes/bytes");
    long tlabs =
        oracle("jdk.ObjectAllocationInNewTLAB", event -> event.getLong("tlabSize"))
            + oracle("jdk.ObjectAllocationOutsideTLAB", event -> event.getLong("allocationSize"));

    assertThat(converted).isLessThanOrEqualTo(raw).isBetween(tlabs / 2, tlabs * 3 / 2);
  }

  @Test
  void profiles_haveFramesTimesAndPeriods() throws Exception {
    for (ConvertedProfile each : convert(recording).profiles()) {
      Pprof.Profile profile = parse(each.body());
      assertThat(string(profile, profile.getPeriodType().getType())).isNotEmpty();
      assertThat(profile.getTimeNanos()).isBetween(NOW - 7_200_000_000_000L, NOW);
      assertThat(profile.getDurationNanos()).isBetween(500_000_000L, 120_000_000_000L);
      assertThat(profile.getMapping(0).getHasFunctions()).isTrue();
    }
    Pprof.Profile cpu = parse(named(convert(recording).profiles(), "process_cpu").body());
    assertThat(cpu.getPeriod()).isEqualTo(10_000_000);
    assertThat(functions(cpu)).contains("dev/stoker/jvm/convert/TestRecordings.burn");
    assertThat(cpu.getLocationList()).anyMatch(location -> location.getLine(0).getLine() > 0);
  }

  @Test
  void classesAndThreads_areFramesWhenAsked() throws Exception {
    List<ConvertedProfile> with = convert(recording, new RecordingOptions(true, true)).profiles();
    assertThat(functions(parse(named(with, "memory").body()))).contains("byte[]");
    assertThat(functions(parse(named(with, "mutex").body()))).contains("[test-waiter]");

    List<ConvertedProfile> without =
        convert(recording, new RecordingOptions(false, false)).profiles();
    assertThat(functions(parse(named(without, "memory").body()))).doesNotContain("byte[]");
    assertThat(functions(parse(named(without, "mutex").body()))).doesNotContain("[test-waiter]");
  }

  @Test
  void gzippedRecording_isTheSame() throws Exception {
    byte[] gzipped = Gzip.deflate(recording, recording.length, 6);
    assertThat(RecordingBody.isRecording(recording)).isTrue();
    assertThat(RecordingBody.isRecording(gzipped)).isTrue();
    assertThat(RecordingBody.isRecording(Gzip.deflate(new byte[99], 99, 6))).isFalse();
    assertThat(RecordingBody.isRecording(new byte[0])).isFalse();

    List<ConvertedProfile> plain = convert(recording).profiles();
    assertThat(total(convert(gzipped).profiles(), "process_cpu", "cpu/nanoseconds"))
        .isEqualTo(total(plain, "process_cpu", "cpu/nanoseconds"));
    assertThatThrownBy(
            () ->
                RecordingBody.convert(gzipped, 1000, start -> true, RecordingOptions.DEFAULT, NOW))
        .isInstanceOf(MalformedProfileException.class)
        .hasMessageContaining("max_inflated_size");
  }

  @Test
  void knownChunks_areLeftOut() throws Exception {
    RecordingBody.Result all = convert(recording);
    assertThat(all.chunks()).hasSizeGreaterThanOrEqualTo(3).isSorted();
    long last = all.chunks().get(all.chunks().size() - 1);
    RecordingBody.Result rest =
        RecordingBody.convert(recording, 0, start -> start >= last, RecordingOptions.DEFAULT, NOW);
    assertThat(rest.chunks()).containsExactly(last);
    assertThat(rest.chunksBefore()).isEqualTo(all.chunks().size() - 1);
    RecordingBody.Result none =
        RecordingBody.convert(recording, 0, start -> false, RecordingOptions.DEFAULT, NOW);
    assertThat(none.profiles()).isEmpty();
  }

  /** On JDK 17 the stack is in the chunk in which the wait began, the event in a later one. */
  @Test
  void waitThatOutlastsChunks_hasItsStack() throws Exception {
    byte[] waited = TestRecordings.waitOverChunks();
    List<ConvertedProfile> whole = convert(waited).profiles();
    assertOneBlocked(TestRecordings.stacks(parse(named(whole, "mutex").body())));

    List<Long> chunks = convert(waited).chunks();
    JvmMemory memory = new JvmMemory();
    List<String> stacks = new ArrayList<>();
    for (long chunk : chunks) {
      for (ConvertedProfile profile :
          RecordingBody.convert(
                  waited,
                  0,
                  head -> head.startNanos() == chunk ? ChunkPart.ALL : ChunkPart.NONE,
                  new RecordingConverter(RecordingOptions.DEFAULT, memory),
                  NOW)
              .profiles()) {
        if (profile.name().equals("mutex")) {
          stacks.addAll(TestRecordings.stacks(parse(profile.body())));
        }
      }
    }
    assertOneBlocked(stacks);
  }

  private static void assertOneBlocked(List<String> stacks) {
    assertThat(stacks).doesNotContain("[no stack]");
    assertThat(stacks).filteredOn(each -> each.contains("TestRecordings.blocked")).hasSize(1);
  }

  @Test
  void damagedRecording_saysWhatIsWrong() {
    byte[] cut = Arrays.copyOf(recording, recording.length - 100);
    assertThatThrownBy(() -> convert(cut))
        .isInstanceOf(MalformedProfileException.class)
        .hasMessageContaining("cut after")
        .hasMessageContaining("whole chunks");

    byte[] unfinished = recording.clone();
    ByteBuffer.wrap(unfinished).putLong(8, 0);
    assertThatThrownBy(() -> convert(unfinished))
        .isInstanceOf(MalformedProfileException.class)
        .hasMessageContaining("not a complete JFR chunk");

    byte[] noMetadata = recording.clone();
    ByteBuffer.wrap(noMetadata).putLong(24, 17);
    assertThatThrownBy(() -> convert(noMetadata))
        .isInstanceOf(MalformedProfileException.class)
        .hasMessageContaining("metadata");
  }

  @Test
  void otherVersions_areNamed() {
    for (String[] version :
        new String[][] {{"0.9", "JDK 7 and 8"}, {"3.0", "versions 1 and 2 can be read"}}) {
      byte[] other = recording.clone();
      int second = (int) ByteBuffer.wrap(other).getLong(8);
      for (int at : new int[] {second, 0}) {
        ByteBuffer.wrap(other)
            .putShort(at + 4, Short.parseShort(version[0].substring(0, 1)))
            .putShort(at + 6, Short.parseShort(version[0].substring(2)));
        for (byte[] body : List.of(other, Gzip.deflate(other, other.length, 1))) {
          assertThatThrownBy(() -> convert(body))
              .isInstanceOf(MalformedProfileException.class)
              .hasMessageContaining("of version " + version[0])
              .hasMessageContaining(version[1]);
        }
      }
    }
  }

  @Test
  void partOfAChunk_isWhatEndedSince() throws Exception {
    long middle =
        events.stream()
                .filter(event -> event.getEventType().getName().equals("jdk.ExecutionSample"))
                .map(event -> nanos(event.getEndTime()))
                .sorted()
                .skip(oracle("jdk.ExecutionSample", each -> 1) / 2)
                .findFirst()
                .orElseThrow()
            - 1_000;
    RecordingConverter converter = new RecordingConverter(RecordingOptions.DEFAULT);
    List<ConvertedProfile> part =
        RecordingBody.convert(recording, 0, head -> new ChunkPart(0, middle), converter, NOW)
            .profiles();
    assertThat(total(part, "process_cpu", "cpu/nanoseconds"))
        .isPositive()
        .isEqualTo(
            oracle(
                "jdk.ExecutionSample",
                each -> nanos(each.getEndTime()) >= middle ? 10_000_000 : 0));
    assertThat(total(part, "block", "contentions/count"))
        .isEqualTo(oracle("jdk.ThreadPark", each -> nanos(each.getEndTime()) >= middle ? 1 : 0));
    assertThat(parse(named(part, "process_cpu").body()).getTimeNanos()).isEqualTo(middle);
  }

  private static long nanos(java.time.Instant time) {
    return time.getEpochSecond() * 1_000_000_000 + time.getNano();
  }

  @Test
  void grownChunk_countsFromWhereItEnded() throws Exception {
    int size = (int) ByteBuffer.wrap(recording).getLong(8);
    byte[] chunk = Arrays.copyOf(recording, size);
    long whole = objectsFrom(chunk, 68);
    long last = whole;
    assertThat(whole)
        .isPositive()
        .isEqualTo(total(convert(chunk).profiles(), "memory", "alloc_in_new_tlab_objects/count"));
    for (int from = 68; from < size; from += size / 20) {
      assertThat(objectsFrom(chunk, from)).isBetween(0L, last);
      last = objectsFrom(chunk, from);
    }
    assertThat(objectsFrom(chunk, size)).isZero();
  }

  private static long objectsFrom(byte[] chunk, int from) throws MalformedProfileException {
    RecordingConverter converter = new RecordingConverter(RecordingOptions.DEFAULT);
    return total(
        RecordingBody.convert(chunk, 0, head -> new ChunkPart(from, 0), converter, NOW).profiles(),
        "memory",
        "alloc_in_new_tlab_objects/count");
  }

  @Test
  void recordingFromTheFuture_getsTheTimeOfTheScrape() throws Exception {
    long now = 1_000_000_000_000_000L;
    RecordingBody.Result result =
        RecordingBody.convert(recording, 0, start -> true, RecordingOptions.DEFAULT, now);
    Pprof.Profile cpu = parse(named(result.profiles(), "process_cpu").body());
    assertThat(cpu.getTimeNanos()).isEqualTo(now - cpu.getDurationNanos());
  }

  @Test
  void classNames_areReadable() {
    assertThat(ClassNames.readable("[B")).isEqualTo("byte[]");
    assertThat(ClassNames.readable("[[Ljava/lang/String;")).isEqualTo("java/lang/String[][]");
    assertThat(ClassNames.readable("java/lang/String")).isEqualTo("java/lang/String");
    assertThat(ClassNames.readable("a/B$$Lambda$12+0x0000000800c03000")).isEqualTo("a/B$$Lambda");
  }

  static ConvertedProfile named(List<ConvertedProfile> profiles, String name) {
    return profiles.stream().filter(each -> each.name().equals(name)).findFirst().orElseThrow();
  }

  public static long total(List<ConvertedProfile> profiles, String name, String type) {
    long total = 0;
    for (ConvertedProfile each : profiles) {
      Pprof.Profile profile = parse(each.body());
      for (int i = 0; i < profile.getSampleTypeCount(); i++) {
        String unit = string(profile, profile.getSampleType(i).getUnit());
        if (each.name().equals(name)
            && (string(profile, profile.getSampleType(i).getType()) + "/" + unit).equals(type)) {
          int column = i;
          total += profile.getSampleList().stream().mapToLong(s -> s.getValue(column)).sum();
        }
      }
    }
    return total;
  }

  public static List<String> functions(Pprof.Profile profile) {
    return profile.getFunctionList().stream()
        .map(function -> string(profile, function.getName()))
        .collect(Collectors.toList());
  }

  public static Pprof.Profile parse(byte[] gzipped) {
    try {
      return Pprof.Profile.parseFrom(Gzip.inflate(gzipped, 64 << 20));
    } catch (MalformedProfileException malformed) {
      throw new IllegalStateException(malformed);
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  private static String string(Pprof.Profile profile, long index) {
    return profile.getStringTable((int) index);
  }

  @Test
  void durations_areScaledByTheChunksTicks() throws Exception {
    byte[] slower = recording.clone();
    ByteBuffer header = ByteBuffer.wrap(slower);
    for (int at = 0; at < slower.length; at += (int) header.getLong(at + 8)) {
      header.putLong(at + 56, header.getLong(at + 56) / 2);
    }
    assertThat(total(convert(slower).profiles(), "mutex", "delay/nanoseconds"))
        .isBetween(
            Duration.ofNanos(nanos("jdk.JavaMonitorEnter")).toNanos() * 199 / 100,
            Duration.ofNanos(nanos("jdk.JavaMonitorEnter")).toNanos() * 201 / 100);
  }
}
