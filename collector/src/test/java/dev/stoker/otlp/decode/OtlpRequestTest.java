package dev.stoker.otlp.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.pprof.check.BodyCheck;
import dev.stoker.pprof.oracle.Pprof;
import dev.stoker.pprof.wire.Workspace;
import io.opentelemetry.proto.collector.profiles.v1development.ExportProfilesServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.profiles.v1development.Location;
import io.opentelemetry.proto.profiles.v1development.Mapping;
import io.opentelemetry.proto.profiles.v1development.Profile;
import io.opentelemetry.proto.profiles.v1development.ScopeProfiles;
import io.opentelemetry.proto.profiles.v1development.Stack;
import io.opentelemetry.proto.resource.v1.Resource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OtlpRequestTest {
  private static final long ROOM = 8 << 20;

  private final Workspace workspace = new Workspace();
  private final Requests made = new Requests();

  @AfterEach
  void close() {
    workspace.close();
  }

  private Decoded decode(ExportProfilesServiceRequest request) throws Exception {
    return decode(request, ROOM);
  }

  private Decoded decode(ExportProfilesServiceRequest request, long room) throws Exception {
    Decoded decoded = OtlpRequest.of(request.toByteArray()).decode(room, workspace);
    for (OtlpProfile profile : decoded.profiles()) {
      BodyCheck.Checked checked = BodyCheck.full(profile.body(), 1 << 26, true, workspace);
      assertThat(checked.mends()).isEmpty();
    }
    return decoded;
  }

  private static OtlpProfile only(Decoded decoded) {
    assertThat(decoded.reason()).isEmpty();
    assertThat(decoded.profiles()).hasSize(1);
    return decoded.profiles().get(0);
  }

  private static Map<String, String> labels(OtlpProfile profile) {
    Map<String, String> labels = new LinkedHashMap<>();
    profile.labels().forEach(label -> labels.put(label.name(), label.value()));
    assertThat(labels).hasSameSizeAs(profile.labels());
    return labels;
  }

  @Test
  void stacksValuesAndTimes_comeOver() throws Exception {
    Profile.Builder cpu =
        made.profile("cpu", "nanoseconds")
            .addSamples(Requests.sample(made.stack("work", "main"), 70))
            .addSamples(Requests.sample(made.stack("wait", "main"), 20))
            .addSamples(Requests.sample(made.stack("wait", "main"), 10));

    OtlpProfile profile = only(decode(made.request("shop", cpu)));

    assertThat(Pprofs.sums(profile.body()))
        .containsOnly(
            entry("work@work.go:7;main@main.go:7{}", 70L),
            entry("wait@wait.go:7;main@main.go:7{}", 30L));
    assertThat(Pprofs.type(profile.body())).isEqualTo("cpu:nanoseconds:cpu:nanoseconds");
    Pprof.Profile pprof = Pprofs.parse(profile.body());
    assertThat(pprof.getTimeNanos()).isEqualTo(Requests.TIME);
    assertThat(pprof.getDurationNanos()).isEqualTo(1_000);
    assertThat(pprof.getPeriod()).isEqualTo(10);
    assertThat(pprof.getFunctionCount()).isEqualTo(3);
    assertThat(labels(profile))
        .containsOnly(
            entry("service.name", "shop"),
            entry("service_name", "shop"),
            entry("__name__", "process_cpu"),
            entry("__delta__", "false"));
  }

  @Test
  void threeShapesOfASample_haveTheSameTotal() throws Exception {
    int stack = made.stack("work");
    Profile.Builder shapes =
        made.profile("events", "count")
            .addSamples(Requests.sample(stack, 4))
            .addSamples(Requests.sample(stack).addTimestampsUnixNano(1).addTimestampsUnixNano(2))
            .addSamples(
                Requests.sample(stack, 5, 6).addTimestampsUnixNano(1).addTimestampsUnixNano(2));

    OtlpProfile profile = only(decode(made.request("shop", shapes)));

    assertThat(Pprofs.sums(profile.body())).containsOnly(entry("work@work.go:7{}", 4L + 2 + 11));
    assertThat(labels(profile)).containsEntry("__name__", "events");
  }

  @Test
  void attributesOfSamples_becomeLabels_andLinksBecomeSpans() throws Exception {
    int stack = made.stack("work");
    AnyValue list =
        AnyValue.newBuilder()
            .setArrayValue(ArrayValue.newBuilder().addValues(Requests.text("one")))
            .build();
    AnyValue flag = AnyValue.newBuilder().setBoolValue(true).build();
    Profile.Builder cpu =
        made.profile("cpu", "nanoseconds")
            .addSamples(
                Requests.sample(stack, 1)
                    .addAttributeIndices(made.attribute("thread.name", "main"))
                    .addAttributeIndices(made.attribute("thread.id", number(42), ""))
                    .addAttributeIndices(made.attribute("size", number(64), "bytes"))
                    .addAttributeIndices(made.attribute("list", list, ""))
                    .addAttributeIndices(made.attribute("whole", real(8), "bytes"))
                    .addAttributeIndices(made.attribute("real", real(0.5), ""))
                    .addAttributeIndices(made.attribute("flag", flag, ""))
                    .addAttributeIndices(made.attribute("empty", ""))
                    .addAttributeIndices(made.attribute("__private__", "x"))
                    .setLinkIndex(made.link(0xabcL, 0xdefL)));

    Decoded decoded = decode(made.request("shop", cpu));

    assertThat(Pprofs.sums(only(decoded).body()))
        .containsOnly(
            entry(
                "work@work.go:7{list=one, size=64 bytes, span_id=0000000000000abc, thread.id=42,"
                    + " thread.name=main, trace_id=00000000000000000000000000000def, whole=8 bytes}",
                1L));
    assertThat(decoded.leftOut()).containsOnly(entry(LeftOut.VALUE, 2), entry(LeftOut.PRIVATE, 1));
  }

  private static AnyValue real(double value) {
    return AnyValue.newBuilder().setDoubleValue(value).build();
  }

  private static AnyValue number(long value) {
    return AnyValue.newBuilder().setIntValue(value).build();
  }

  @Test
  void resourceBeforeScopeBeforeProfile_nameTheSeries() throws Exception {
    Profile.Builder cpu =
        made.profile("cpu", "nanoseconds")
            .addSamples(Requests.sample(made.stack("work"), 1))
            .addAttributeIndices(made.attribute("which", "profile"))
            .addAttributeIndices(made.attribute("own", "profile"));
    InstrumentationScope scope =
        InstrumentationScope.newBuilder()
            .setName("a profiler")
            .addAttributes(Requests.pair("which", "scope"))
            .addAttributes(Requests.pair("scoped", "scope"))
            .build();
    Resource resource =
        Resource.newBuilder()
            .addAttributes(Requests.pair("process.executable.name", "shopd"))
            .addAttributes(Requests.pair("which", "resource"))
            .build();

    ExportProfilesServiceRequest request =
        made.request(
            Requests.resource("")
                .setResource(resource)
                .addScopeProfiles(ScopeProfiles.newBuilder().setScope(scope).addProfiles(cpu)));

    assertThat(labels(only(decode(request))))
        .containsEntry("which", "resource")
        .containsEntry("scoped", "scope")
        .containsEntry("own", "profile")
        .containsEntry("service_name", "unknown_service:shopd");
  }

  @Test
  void servicesOfSamples_partAProfile() throws Exception {
    int stack = made.stack("work");
    int blue = made.attribute("service.name", "blue");
    int red = made.attribute("service.name", "red");
    Profile.Builder cpu =
        made.profile("cpu", "nanoseconds")
            .addSamples(Requests.sample(stack, 1).addAttributeIndices(blue))
            .addSamples(Requests.sample(stack, 2))
            .addSamples(Requests.sample(stack, 4).addAttributeIndices(red))
            .addSamples(Requests.sample(stack, 8).addAttributeIndices(blue));

    Map<String, Long> totals = new LinkedHashMap<>();
    for (OtlpProfile profile : decode(made.request("host", cpu)).profiles()) {
      totals.put(
          Objects.requireNonNull(labels(profile).get("service_name")),
          Pprofs.sums(profile.body()).get("work@work.go:7{}"));
    }

    assertThat(totals).containsExactly(entry("blue", 9L), entry("host", 2L), entry("red", 4L));
  }

  @Test
  void types_getTheNamesThatPyroscopeKnows() throws Exception {
    assertThat(named("samples", "count", "cpu", "nanoseconds"))
        .isEqualTo("process_cpu:cpu:nanoseconds:cpu:nanoseconds 30");
    assertThat(named("cpu", "ns", "", ""))
        .isEqualTo("process_cpu:cpu:nanoseconds:cpu:nanoseconds 3");
    assertThat(named("off_cpu", "nanoseconds", "", ""))
        .isEqualTo("off_cpu:off_cpu:nanoseconds:: 3");
    assertThat(named("wall", "nanoseconds", "", ""))
        .isEqualTo("wall:wall:nanoseconds:cpu:nanoseconds 3");
    assertThat(named("alloc_space", "bytes", "space", "bytes"))
        .isEqualTo("memory:alloc_space:bytes:space:bytes 3");
    assertThat(named("inuse_objects", "count", "", ""))
        .isEqualTo("memory:inuse_objects:count:space:bytes 3");
    assertThat(named("delay", "nanoseconds", "contentions", "count"))
        .isEqualTo("mutex:delay:nanoseconds:contentions:count 3");
    assertThat(named("goroutine", "count", "goroutine", "count"))
        .isEqualTo("goroutine:goroutine:count:goroutine:count 3");
    assertThat(named("events", "count", "", "")).isEqualTo("events:events:count:events:count 3");
  }

  private String named(String type, String unit, String period, String periodUnit)
      throws Exception {
    Profile.Builder profile =
        made.profile(type, unit)
            .setPeriodType(made.type(period, periodUnit))
            .addSamples(Requests.sample(made.stack("work"), 3));
    OtlpProfile only = only(decode(made.request("shop", profile)));
    return labels(only).get("__name__")
        + ":"
        + Pprofs.type(only.body())
        + " "
        + Pprofs.sums(only.body()).values().iterator().next();
  }

  @Test
  void samplesBesideTheirCpuTime_stayCounts() throws Exception {
    int stack = made.stack("work");
    Profile.Builder samples =
        made.profile("samples", "count")
            .setPeriodType(made.type("cpu", "nanoseconds"))
            .addSamples(Requests.sample(stack, 3));
    Profile.Builder cpu = made.profile("cpu", "nanoseconds").addSamples(Requests.sample(stack, 30));

    List<OtlpProfile> profiles = decode(made.request("shop", samples, cpu)).profiles();

    assertThat(Pprofs.type(profiles.get(0).body())).isEqualTo("samples:count:cpu:nanoseconds");
    assertThat(Pprofs.type(profiles.get(1).body())).isEqualTo("cpu:nanoseconds:cpu:nanoseconds");
  }

  @Test
  void nameOfTheSender_wins() throws Exception {
    Profile.Builder block =
        made.profile("delay", "nanoseconds")
            .setPeriodType(made.type("contentions", "count"))
            .addAttributeIndices(made.attribute("__name__", "block"))
            .addSamples(Requests.sample(made.stack("work"), 3));

    assertThat(labels(only(decode(made.request("shop", block)))))
        .containsEntry("__name__", "block");
  }

  @Test
  void nativeFrames_keepAddressAndBuildId() throws Exception {
    made.dictionary.addMappingTable(
        Mapping.newBuilder()
            .setMemoryStart(0x1000)
            .setMemoryLimit(0x2000)
            .setFileOffset(0x10)
            .setFilenameStrindex(made.string("libc.so"))
            .addAttributeIndices(made.attribute("process.executable.build_id.htlhash", "hash"))
            .addAttributeIndices(made.attribute("process.executable.build_id.gnu", "beef")));
    made.dictionary.addLocationTable(Location.newBuilder().setMappingIndex(1).setAddress(0x1234));
    made.dictionary.addStackTable(
        Stack.newBuilder().addLocationIndices(made.dictionary.getLocationTableCount() - 1));
    Profile.Builder cpu =
        made.profile("cpu", "nanoseconds")
            .addSamples(Requests.sample(made.dictionary.getStackTableCount() - 1, 5));

    OtlpProfile profile = only(decode(made.request("shop", cpu)));

    assertThat(Pprofs.sums(profile.body())).containsOnly(entry("1234{}", 5L));
    Pprof.Profile pprof = Pprofs.parse(profile.body());
    Pprof.Mapping mapping = pprof.getMapping(0);
    assertThat(Pprofs.text(pprof, mapping.getFilename())).isEqualTo("libc.so");
    assertThat(Pprofs.text(pprof, mapping.getBuildId())).isEqualTo("beef");
    assertThat(mapping.getMemoryStart()).isEqualTo(0x1000);
    assertThat(mapping.getMemoryLimit()).isEqualTo(0x2000);
    assertThat(mapping.getFileOffset()).isEqualTo(0x10);
    assertThat(mapping.getHasFunctions()).isFalse();
  }

  @Test
  void profileThatCannotBeRead_isRejected_andTheOthersAreTaken() throws Exception {
    Profile.Builder good =
        made.profile("cpu", "nanoseconds").addSamples(Requests.sample(made.stack("work"), 1));
    Profile.Builder noStack =
        made.profile("cpu", "nanoseconds")
            .addSamples(Requests.sample(99, 1).setLinkIndex(0).addAttributeIndices(0));
    Profile.Builder uneven =
        made.profile("cpu", "nanoseconds")
            .addSamples(Requests.sample(1, 1, 2).addTimestampsUnixNano(5));

    Decoded decoded = decode(made.request("shop", good, noStack, uneven));

    assertThat(decoded.profiles()).hasSize(1);
    assertThat(decoded.rejected()).isEqualTo(2);
    assertThat(decoded.reason())
        .isEqualTo(
            "stack 99 is used, but stack_table of the dictionary ends before it (entries: 2)");
  }

  @Test
  void hugeStackOfManySamples_isRefused_withoutItsBytes() throws Exception {
    Stack.Builder stack = Stack.newBuilder();
    int leaf = made.location("leaf");
    for (int i = 0; i < 300_000; i++) {
      stack.addLocationIndices(leaf);
    }
    made.dictionary.addStackTable(stack);
    Profile.Builder bomb = made.profile("cpu", "nanoseconds");
    for (int i = 0; i < 10_000; i++) {
      bomb.addSamples(Requests.sample(1, 1));
    }
    Profile.Builder after = made.profile("cpu", "nanoseconds").addSamples(Requests.sample(1, 1));

    Decoded decoded = decode(made.request("shop", bomb, after));

    assertThat(decoded.outOfRoom()).isTrue();
    assertThat(decoded.profiles()).isEmpty();
    assertThat(decoded.rejected()).isEqualTo(2);
    assertThat(decoded.reason()).contains("limits.max_inflated_size");
  }

  @Test
  void dictionaryOfManySmallProfiles_isWrittenOnlyUpToTheRoom() throws Exception {
    String[] frames = new String[2_000];
    for (int i = 0; i < frames.length; i++) {
      frames[i] = "f" + i;
    }
    int stack = made.stack(frames);
    Profile.Builder[] all = new Profile.Builder[200];
    for (int i = 0; i < all.length; i++) {
      all[i] = made.profile("cpu", "nanoseconds").addSamples(Requests.sample(stack, 1));
    }

    Decoded decoded = decode(made.request("shop", all), 1 << 20);

    assertThat(decoded.outOfRoom()).isTrue();
    assertThat(decoded.profiles()).hasSizeBetween(1, 20);
    assertThat(decoded.rejected()).isEqualTo(all.length - decoded.profiles().size());
  }

  @Test
  void junkInEntriesThatAreReadOften_isBoundedToo() throws Exception {
    // Fields that nobody knows: to read them costs time, and writes nothing.
    com.google.protobuf.UnknownFieldSet.Field.Builder junk =
        com.google.protobuf.UnknownFieldSet.Field.newBuilder();
    for (int i = 0; i < 200_000; i++) {
      junk.addVarint(1);
    }
    made.dictionary.addStackTable(
        Stack.newBuilder()
            .setUnknownFields(
                com.google.protobuf.UnknownFieldSet.newBuilder()
                    .addField(9, junk.build())
                    .build()));
    Profile.Builder bomb = made.profile("cpu", "nanoseconds");
    for (int i = 0; i < 10_000; i++) {
      bomb.addSamples(Requests.sample(1, 1));
    }

    Decoded decoded = decode(made.request("shop", bomb), 1 << 20);

    assertThat(decoded.outOfRoom()).isTrue();
  }

  @Test
  void requestsThatAreNone_areRefusedWhole() {
    assertThatThrownBy(() -> OtlpRequest.of(new byte[] {1, 2, 3}))
        .isInstanceOf(MalformedProfileException.class)
        .hasMessageStartingWith("the request is no OTLP: ");
    byte[] profilesOnly =
        ExportProfilesServiceRequest.newBuilder()
            .addResourceProfiles(
                Requests.resource("shop")
                    .addScopeProfiles(
                        ScopeProfiles.newBuilder().addProfiles(Profile.getDefaultInstance())))
            .build()
            .toByteArray();
    assertThatThrownBy(() -> OtlpRequest.of(profilesOnly))
        .hasMessageContaining("no dictionary")
        .hasMessageContaining("opentelemetry-proto 1.6 or older");
  }

  @Test
  void requestWithoutProfiles_isEmpty() throws Exception {
    Decoded decoded = decode(ExportProfilesServiceRequest.getDefaultInstance());

    assertThat(decoded.profiles()).isEmpty();
    assertThat(decoded.rejected()).isZero();
  }

  @Test
  void textThatIsNoUtf8_isMended() throws Exception {
    Profile.Builder cpu =
        made.profile("cpu", "nanoseconds").addSamples(Requests.sample(made.stack("w!"), 1));
    byte[] message = made.request("shop", cpu).toByteArray();
    for (int i = 1; i < message.length; i++) {
      message[i] = message[i - 1] == 'w' && message[i] == '!' ? (byte) 0xff : message[i];
    }

    OtlpProfile profile = only(OtlpRequest.of(message).decode(ROOM, workspace));

    assertThat(Pprofs.sums(profile.body())).containsOnly(entry("w\ufffd@w\ufffd.go:7{}", 1L));
  }
}
