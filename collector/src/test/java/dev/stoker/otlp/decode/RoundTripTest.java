package dev.stoker.otlp.decode;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.labels.Labels;
import dev.stoker.otlp.encode.Encoded;
import dev.stoker.otlp.encode.ProfileEncoder;
import dev.stoker.otlp.encode.Series;
import dev.stoker.pprof.Gzip;
import dev.stoker.pprof.build.PprofWriter;
import dev.stoker.pprof.build.ValueType;
import dev.stoker.pprof.oracle.Pprof;
import dev.stoker.pprof.wire.Workspace;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What otlp.write makes of a pprof becomes the same pprof again. */
class RoundTripTest {
  private static final long EXACT = 1L << 53;
  private static final List<Long> NUMBERS =
      List.of(1L, EXACT - 1, EXACT, EXACT + 1, -EXACT + 1, -EXACT, Long.MAX_VALUE, Long.MIN_VALUE);

  @Test
  void pprofThatWasWrittenAsOtlp_comesBack_byTypeStackLabelAndValue() throws Exception {
    ValueType samples = new ValueType("samples", "count");
    ValueType cpu = new ValueType("cpu", "nanoseconds");
    PprofWriter writer = new PprofWriter(List.of(samples, cpu), cpu, 10_000_000, "cpu");
    int main = writer.location("main", "main.go", 3);
    int work = writer.location("work", "work.go", 7);
    writer.sample(new int[] {work, main}, List.of("route", "/pay", "span_id", "00ab"), 3, 30);
    writer.sample(new int[] {work, main}, List.of(), 2, 20);
    writer.sample(new int[] {main}, List.of("route", "/pay"), 1, 10);
    byte[] body = writer.finish(Requests.TIME, 1_000_000_000);
    Labels series =
        Labels.of(Map.of("__name__", "process_cpu", "service_name", "shop", "namespace", "store"));

    try (Workspace workspace = new Workspace()) {
      Encoded encoded =
          ProfileEncoder.encode(body, new Series(series, Requests.TIME), 1 << 20, workspace);
      byte[] request = Gzip.inflate(encoded.request(), 1 << 20);
      Decoded decoded = OtlpRequest.of(request).decode(1 << 20, workspace);

      assertThat(decoded.reason()).isEmpty();
      Map<String, Map<String, Long>> back = new TreeMap<>();
      for (OtlpProfile profile : decoded.profiles()) {
        back.put(Pprofs.type(profile.body()), Pprofs.sums(profile.body()));
        Map<String, String> labels = new TreeMap<>();
        profile.labels().forEach(label -> labels.put(label.name(), label.value()));
        assertThat(labels)
            .containsEntry("__name__", "process_cpu")
            .containsEntry("service_name", "shop")
            .containsEntry("namespace", "store");
      }
      assertThat(back)
          .containsOnly(
              Map.entry("cpu:nanoseconds:cpu:nanoseconds", sums(10)),
              Map.entry("samples:count:cpu:nanoseconds", sums(1)));
    }
  }

  /** From 2^53 on a double may be one of several numbers. */
  @Test
  void numbersOfLabels_comeBack_whateverTheirSize() throws Exception {
    Pprof.Profile.Builder profile =
        Pprof.Profile.newBuilder()
            .addAllStringTable(List.of("", "samples", "count", "size", "bytes"))
            .addSampleType(Pprof.ValueType.newBuilder().setType(1).setUnit(2))
            .addLocation(Pprof.Location.newBuilder().setId(1).setAddress(1));
    for (long number : NUMBERS) {
      profile.addSample(
          Pprof.Sample.newBuilder()
              .addLocationId(1)
              .addValue(1)
              .addLabel(Pprof.Label.newBuilder().setKey(3).setNum(number).setNumUnit(4)));
    }
    try (Workspace workspace = new Workspace()) {
      Encoded encoded =
          ProfileEncoder.encode(
              profile.build().toByteArray(),
              new Series(Labels.of("service_name", "shop"), 1),
              1 << 20,
              workspace);
      Decoded decoded =
          OtlpRequest.of(Gzip.inflate(encoded.request(), 1 << 20)).decode(1 << 20, workspace);

      assertThat(decoded.leftOut()).isEmpty();
      List<Long> back = new ArrayList<>();
      for (Pprof.Sample sample : Pprofs.parse(decoded.profiles().get(0).body()).getSampleList()) {
        back.add(sample.getLabel(0).getNum());
      }
      assertThat(back).containsExactlyElementsOf(NUMBERS);
    }
  }

  @Test
  void nameOfTheSeries_andWhatMappingsAndLocationsSay_comeBack() throws Exception {
    Pprof.Profile.Builder profile =
        Pprof.Profile.newBuilder()
            .addAllStringTable(List.of("", "delay", "nanoseconds", "contentions", "count"))
            .addSampleType(Pprof.ValueType.newBuilder().setType(1).setUnit(2))
            .setPeriodType(Pprof.ValueType.newBuilder().setType(3).setUnit(4))
            .setPeriod(1)
            .addFunction(Pprof.Function.newBuilder().setId(1).setName(1));
    for (int flags = 0; flags < 16; flags++) {
      profile
          .addMapping(
              Pprof.Mapping.newBuilder()
                  .setId(flags + 1)
                  .setMemoryStart(flags)
                  .setHasFunctions((flags & 1) != 0)
                  .setHasFilenames((flags & 2) != 0)
                  .setHasLineNumbers((flags & 4) != 0)
                  .setHasInlineFrames((flags & 8) != 0))
          .addLocation(
              Pprof.Location.newBuilder()
                  .setId(flags + 1)
                  .setMappingId(flags + 1)
                  .setAddress(flags)
                  .setIsFolded(flags % 2 == 0)
                  .addLine(Pprof.Line.newBuilder().setFunctionId(flags == 0 ? 0 : 1)))
          .addSample(Pprof.Sample.newBuilder().addLocationId(flags + 1).addValue(1));
    }
    Labels series = Labels.of(Map.of("__name__", "block", "service_name", "shop"));
    try (Workspace workspace = new Workspace()) {
      Encoded encoded =
          ProfileEncoder.encode(
              profile.build().toByteArray(), new Series(series, 1), 1 << 20, workspace);
      Decoded decoded =
          OtlpRequest.of(Gzip.inflate(encoded.request(), 1 << 20)).decode(1 << 20, workspace);

      OtlpProfile back = decoded.profiles().get(0);
      assertThat(back.labels()).contains(new OtlpProfile.Label("__name__", "block"));
      Pprof.Profile pprof = Pprofs.parse(back.body());
      assertThat(pprof.getMappingList()).isEqualTo(profile.getMappingList());
      assertThat(pprof.getLocationList())
          .extracting(Pprof.Location::getIsFolded)
          .isEqualTo(profile.getLocationList().stream().map(Pprof.Location::getIsFolded).toList());
    }
  }

  private static Map<String, Long> sums(long each) {
    return Map.of(
        "work@work.go:7;main@main.go:3{route=/pay, span_id=00ab}", 3 * each,
        "work@work.go:7;main@main.go:3{}", 2 * each,
        "main@main.go:3{route=/pay}", each);
  }
}
