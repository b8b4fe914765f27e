package dev.stoker.otlp.encode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.stoker.labels.Labels;
import dev.stoker.pprof.Gzip;
import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.pprof.oracle.Pprof;
import dev.stoker.pprof.wire.Workspace;
import io.opentelemetry.proto.collector.profiles.v1development.ExportProfilesServiceRequest;
import io.opentelemetry.proto.profiles.v1development.Profile;
import io.opentelemetry.proto.profiles.v1development.ProfilesDictionary;
import io.opentelemetry.proto.resource.v1.Resource;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Profiles of a real Go program, read back by the published classes of OTLP. */
class ProfileEncoderTest {
  private static final int LIMIT = 1 << 24;
  private static final Labels LABELS =
      Labels.of("service_name", "shop", "namespace", "prod", "odd.name", "ü");

  @ParameterizedTest
  @ValueSource(strings = {"go-cpu-labels", "go-heap", "go-mutex", "go-goroutine"})
  void profileOfGo_isTheSame_perStackLabelAndValue(String name) throws Exception {
    byte[] body = resource(name);
    Pprof.Profile profile = Pprof.Profile.parseFrom(Gzip.inflate(body, LIMIT));

    ExportProfilesServiceRequest request = request(encode(body));

    assertThat(Views.of(request)).isEqualTo(Views.of(profile));
    List<Profile> profiles = profiles(request);
    assertThat(profiles).hasSize(profile.getSampleTypeCount());
    for (Profile one : profiles) {
      assertThat(one.getTimeUnixNano()).isEqualTo(profile.getTimeNanos());
      assertThat(one.getDurationNano()).isEqualTo(profile.getDurationNanos());
      assertThat(one.getPeriod()).isEqualTo(profile.getPeriod());
      assertThat(type(request.getDictionary(), one.getPeriodType()))
          .isEqualTo(
              profile.getStringTable((int) profile.getPeriodType().getType())
                  + "/"
                  + profile.getStringTable((int) profile.getPeriodType().getUnit()));
    }
  }

  @Test
  void tables_beginWithTheEmptyEntry_andHaveEachStackOnce() throws Exception {
    ProfilesDictionary dictionary = request(encode(resource("go-heap"))).getDictionary();

    assertThat(dictionary.getStringTable(0)).isEmpty();
    assertThat(dictionary.getMappingTable(0).getSerializedSize()).isZero();
    assertThat(dictionary.getLocationTable(0).getSerializedSize()).isZero();
    assertThat(dictionary.getFunctionTable(0).getSerializedSize()).isZero();
    assertThat(dictionary.getLinkTable(0).getSerializedSize()).isZero();
    assertThat(dictionary.getAttributeTable(0).getSerializedSize()).isZero();
    assertThat(dictionary.getStackTable(0).getSerializedSize()).isZero();
    assertThat(dictionary.getStackTableList()).doesNotHaveDuplicates();
    assertThat(dictionary.getAttributeTableList()).doesNotHaveDuplicates();
  }

  @Test
  void labels_areAttributesOfTheResource_andTheServiceHasItsNameInOtel() throws Exception {
    Resource resource = request(encode(resource("go-mutex"))).getResourceProfiles(0).getResource();

    assertThat(resource.getAttributesList())
        .extracting(attribute -> attribute.getKey() + "=" + attribute.getValue().getStringValue())
        .containsExactlyInAnyOrder("service.name=shop", "namespace=prod", "odd.name=ü");
  }

  /** Pyroscope makes labels of its series of integers, of sizes of allocations too. */
  @Test
  void numbersOfSamples_areDoubles_withTheirUnit() throws Exception {
    ExportProfilesServiceRequest request = request(encode(resource("go-heap")));

    assertThat(request.getDictionary().getAttributeTableList())
        .filteredOn(
            attribute ->
                request.getDictionary().getStringTable(attribute.getKeyStrindex()).equals("bytes"))
        .isNotEmpty()
        .allMatch(attribute -> attribute.getValue().hasDoubleValue());
  }

  @Test
  void idsOfProfiles_areOfTheirContent_soARepeatedRequestIsTheSame() throws Exception {
    byte[] body = resource("go-heap");

    assertThat(encode(body).request()).isEqualTo(encode(body).request());
    List<Profile> profiles = profiles(request(encode(body)));
    assertThat(profiles).extracting(Profile::getProfileId).doesNotHaveDuplicates();
    assertThat(profiles).allMatch(profile -> profile.getProfileId().size() == 16);
  }

  @Test
  void withoutAPeriod_theSampleTypeIsThePeriodType_andASeriesHasAName() throws Exception {
    Pprof.Profile.Builder profile = small();
    profile.clearPeriodType();
    assertOwnPeriod(profile);
    profile.setPeriodType(profile.getSampleType(1)).setPeriod(0);
    assertOwnPeriod(profile);

    profile.setPeriod(7);
    Encoded kept = encode(profile.build().toByteArray());
    assertThat(kept.period()).isFalse();
    assertThat(profiles(request(kept))).allMatch(one -> one.getPeriod() == 7);
  }

  private static void assertOwnPeriod(Pprof.Profile.Builder profile) throws Exception {
    Encoded encoded = encode(profile.build().toByteArray());
    ExportProfilesServiceRequest request = request(encoded);
    assertThat(encoded.period()).isTrue();
    assertThat(profiles(request))
        .extracting(one -> type(request.getDictionary(), one.getPeriodType()))
        .containsExactly("samples/count", "cpu/nanoseconds");
    assertThat(profiles(request)).allMatch(one -> one.getPeriod() == 1);
  }

  @Test
  void commentsAndFrameFilters_areAttributesOfTheProfile() throws Exception {
    Pprof.Profile.Builder profile = small();
    int first = profile.getStringTableCount();
    profile.addStringTable("hello").addStringTable("world").addStringTable("drop.*");
    profile.addComment(first).addComment(first + 1).setDropFrames(first + 2);

    ExportProfilesServiceRequest request = request(encode(profile.build().toByteArray()));

    ProfilesDictionary dictionary = request.getDictionary();
    assertThat(profiles(request).get(1).getAttributeIndicesList())
        .extracting(
            at -> {
              var attribute = dictionary.getAttributeTable(at);
              String value =
                  attribute.getValue().hasArrayValue()
                      ? attribute.getValue().getArrayValue().getValuesList().stream()
                          .map(one -> one.getStringValue())
                          .toList()
                          .toString()
                      : attribute.getValue().getStringValue();
              return dictionary.getStringTable(attribute.getKeyStrindex()) + "=" + value;
            })
        .containsExactly(
            "pprof.profile.drop_frames=drop.*", "pprof.profile.comment=[hello, world]");
  }

  @Test
  void aBodyWithoutATime_getsThatOfItsScrape() throws Exception {
    byte[] body = small().clearTimeNanos().build().toByteArray();

    assertThat(profiles(request(encode(body)))).allMatch(one -> one.getTimeUnixNano() == 42);
  }

  /** One such text, and every reader refuses the whole request. */
  @Test
  void textThatIsNoUtf8_isMended_andCounted() throws Exception {
    byte[] body = small().setStringTable(5, "m~in").build().toByteArray();
    for (int i = 0; i < body.length; i++) {
      body[i] = body[i] == '~' ? (byte) 0xc3 : body[i];
    }

    Encoded encoded = encode(body);

    assertThat(encoded.mendedTexts()).isEqualTo(1);
    assertThat(request(encoded).getDictionary().getStringTableList()).contains("m\ufffdin");
  }

  @Test
  void whatIsMissingInATable_isSaid() {
    assertRefused(small().clearLocation(), "location 1 is not in its table");
    assertRefused(small().clearFunction(), "function 1 is not in its table");
    assertRefused(small().clearMapping(), "mapping 1 is not in its table");
    assertRefused(small().clearSampleType(), "no sample types");
    assertThatThrownBy(() -> encode("<html>".getBytes(java.nio.charset.StandardCharsets.UTF_8)))
        .isInstanceOf(MalformedProfileException.class);
  }

  /** In OTLP the text of a value stands where it is used: 5 MB times 64 keys would be 320 MB. */
  /** Each hash of these numbers is 0: a map that relies on it would look at all of them. */
  @Test
  void numbersWhoseHashesCollide_costNoMoreThanOthers() {
    Pprof.Profile.Builder profile = small().clearSample();
    for (long i = 1; i <= 100_000; i++) {
      profile.addSample(
          Pprof.Sample.newBuilder()
              .addValue(1)
              .addValue(1)
              .addLabel(Pprof.Label.newBuilder().setKey(1).setNum(i << 32 | i)));
    }
    byte[] body = profile.build().toByteArray();

    assertTimeoutPreemptively(Duration.ofSeconds(20), () -> encode(body));
  }

  @Test
  void oneLongTextThatManyLabelsName_isRefused_notMultiplied() {
    Pprof.Profile.Builder profile = small();
    int text = profile.getStringTableCount();
    profile.addStringTable("x".repeat(5 << 20));
    for (int key = 0; key < 64; key++) {
      profile.addStringTable("key" + key);
      profile
          .getSampleBuilder(0)
          .addLabel(Pprof.Label.newBuilder().setKey(text + 1 + key).setStr(text));
    }
    assertRefused(profile, "more than");
  }

  private static void assertRefused(Pprof.Profile.Builder profile, String why) {
    assertThatThrownBy(() -> encode(profile.build().toByteArray()))
        .isInstanceOf(MalformedProfileException.class)
        .hasMessageContaining(why);
  }

  /** One stack of one frame, samples/count and cpu/nanoseconds. */
  private static Pprof.Profile.Builder small() {
    return Pprof.Profile.newBuilder()
        .addAllStringTable(List.of("", "samples", "count", "cpu", "nanoseconds", "main", "main.go"))
        .addSampleType(Pprof.ValueType.newBuilder().setType(1).setUnit(2))
        .addSampleType(Pprof.ValueType.newBuilder().setType(3).setUnit(4))
        .addMapping(Pprof.Mapping.newBuilder().setId(1))
        .addFunction(Pprof.Function.newBuilder().setId(1).setName(5).setFilename(6))
        .addLocation(
            Pprof.Location.newBuilder()
                .setId(1)
                .setMappingId(1)
                .addLine(Pprof.Line.newBuilder().setFunctionId(1).setLine(7)))
        .addSample(Pprof.Sample.newBuilder().addLocationId(1).addValue(2).addValue(20))
        .setTimeNanos(1_800_000_000_000_000_000L);
  }

  static String type(
      ProfilesDictionary dictionary, io.opentelemetry.proto.profiles.v1development.ValueType type) {
    return dictionary.getStringTable(type.getTypeStrindex())
        + "/"
        + dictionary.getStringTable(type.getUnitStrindex());
  }

  private static List<Profile> profiles(ExportProfilesServiceRequest request) {
    return request.getResourceProfiles(0).getScopeProfiles(0).getProfilesList();
  }

  static Encoded encode(byte[] body) throws MalformedProfileException {
    try (Workspace workspace = new Workspace()) {
      return ProfileEncoder.encode(body, new Series(LABELS, 42), LIMIT, workspace);
    }
  }

  static ExportProfilesServiceRequest request(Encoded encoded) throws Exception {
    return ExportProfilesServiceRequest.parseFrom(Gzip.inflate(encoded.request(), 1 << 28));
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in =
        ProfileEncoderTest.class.getResourceAsStream("/dev/stoker/otlp/" + name + ".pb.gz")) {
      return Objects.requireNonNull(in).readAllBytes();
    }
  }

  static Map<String, Map<String, Long>> view(byte[] body) throws Exception {
    return Views.of(Pprof.Profile.parseFrom(body));
  }
}
