package dev.stoker.pprof.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.stoker.pprof.Gzip;
import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.pprof.oracle.Pprof;
import dev.stoker.pprof.wire.Workspace;
import java.io.ByteArrayOutputStream;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a server would refuse, or store nothing of, is said at once, or mended. */
class ShapeCheckTest {
  private final Workspace workspace = new Workspace();

  @AfterEach
  void close() {
    workspace.close();
  }

  @Test
  void goodProfile_staysTheSameArray() throws Exception {
    byte[] body = body(profile -> {});
    BodyCheck.Checked checked = BodyCheck.full(body, 0, true, workspace);
    assertThat(checked.body()).isSameAs(body);
    assertThat(checked.mended()).isEmpty();
    assertThat(checked.timeNanos()).isEqualTo(77);
  }

  @Test
  void withoutTheDeepLook_nothingIsMended() throws Exception {
    byte[] body = body(profile -> profile.getLocationBuilder(0).setMappingId(9));
    assertThat(BodyCheck.full(body, 0, false, workspace).body()).isSameAs(body);
  }

  @Test
  void location_ofAnUnknownFunction() {
    refused(
        profile -> profile.getLocationBuilder(1).getLineBuilder(0).setFunctionId(8),
        "location 2 names function 8, which does not exist");
  }

  @Test
  void sample_ofAnUnknownLocation() {
    refused(
        profile -> profile.getSampleBuilder(0).addLocationId(5),
        "a sample names location 5, which does not exist");
  }

  @Test
  void sample_withTooFewOrTooManyValues() {
    refused(
        profile -> profile.getSampleBuilder(0).clearValue().addValue(1),
        "a sample has 1 values for 2 sample types");
    refused(
        profile -> profile.getSampleBuilder(0).addValue(1),
        "a sample has 3 values for 2 sample types");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11})
  void indexBeyondTheStringTable(int place) {
    refused(
        profile -> {
          switch (place) {
            case 0 -> profile.getSampleTypeBuilder(1).setType(99);
            case 1 -> profile.getSampleTypeBuilder(1).setUnit(99);
            case 2 -> profile.getPeriodTypeBuilder().setType(99);
            case 3 -> profile.getSampleBuilder(0).getLabelBuilder(0).setKey(99);
            case 4 -> profile.getSampleBuilder(0).getLabelBuilder(0).setStr(99);
            case 5 -> profile.getSampleBuilder(0).getLabelBuilder(1).setNumUnit(99);
            case 6 -> profile.getFunctionBuilder(0).setName(99);
            case 7 -> profile.getFunctionBuilder(0).setSystemName(99);
            case 8 -> profile.getFunctionBuilder(0).setFilename(99);
            case 9 -> profile.getMappingBuilder(0).setFilename(99);
            case 10 -> profile.getMappingBuilder(0).setBuildId(99);
            default -> profile.getSampleBuilder(0).getLabelBuilder(0).setStr(-1);
          }
        },
        "names string " + (place == 11 ? -1 : 99) + ", but its table has 8 strings");
  }

  @Test
  void unknownMapping_isLeftOut_ofThatLocationOnly() throws Exception {
    BodyCheck.Checked checked =
        mended(
            profile -> profile.getLocationBuilder(0).setMappingId(9),
            "mappings that do not exist left out");
    assertThat(checked.body()).isNotEmpty();
    assertThat(parse(checked.body()))
        .isEqualTo(profile().toBuilder().setLocation(0, location(1, 0)).build());
  }

  @Test
  void missingPeriodType_isAdded_andTheRestIsUntouched() throws Exception {
    byte[] body = body(Pprof.Profile.Builder::clearPeriodType);
    BodyCheck.Checked checked = BodyCheck.full(body, 0, true, workspace);
    assertThat(checked.mended()).isEqualTo("an empty period type added");
    assertThat(checked.body()).startsWith(body);
    Pprof.Profile got = parse(checked.body());
    assertThat(got.hasPeriodType()).isTrue();
    assertThat(got.toBuilder().clearPeriodType().build())
        .isEqualTo(profile().toBuilder().clearPeriodType().build());
  }

  @Test
  void stringThatIsNoUtf8_isCorrected() throws Exception {
    ByteArrayOutputStream plain = new ByteArrayOutputStream();
    Pprof.Profile good = profile();
    good.toBuilder().clearStringTable().build().writeTo(plain);
    for (String text : good.getStringTableList()) {
      byte[] bytes =
          text.equals("main") ? new byte[] {'m', (byte) 0xff, 'n'} : text.getBytes("UTF-8");
      plain.write(6 << 3 | 2);
      plain.write(bytes.length);
      plain.write(bytes);
    }
    BodyCheck.Checked checked = BodyCheck.full(plain.toByteArray(), 0, true, workspace);
    assertThat(checked.mended()).isEqualTo("strings that are no UTF-8 corrected");
    Pprof.Profile got = parse(checked.body());
    assertThat(got).isEqualTo(good.toBuilder().setStringTable(5, "m\ufffdn").build());
    assertThat(got.getStringTableBytes(5)).isEqualTo(ByteString.copyFromUtf8("m\ufffdn"));
  }

  @Test
  void replacementCharacterOfTheTargetItself_isText() throws Exception {
    byte[] body = body(profile -> profile.setStringTable(5, "m\ufffdn"));
    assertThat(BodyCheck.full(body, 0, true, workspace).body()).isSameAs(body);
  }

  private BodyCheck.Checked mended(Consumer<Pprof.Profile.Builder> change, String what)
      throws Exception {
    BodyCheck.Checked checked = BodyCheck.full(body(change), 0, true, workspace);
    assertThat(checked.mended()).isEqualTo(what);
    return checked;
  }

  private void refused(Consumer<Pprof.Profile.Builder> change, String message) {
    assertThatThrownBy(() -> BodyCheck.full(body(change), 0, true, workspace))
        .isInstanceOf(MalformedProfileException.class)
        .hasMessageContaining(message);
  }

  private static byte[] body(Consumer<Pprof.Profile.Builder> change) {
    Pprof.Profile.Builder profile = profile().toBuilder();
    change.accept(profile);
    byte[] plain = profile.build().toByteArray();
    return Gzip.deflate(plain, plain.length, 6);
  }

  private static Pprof.Location location(int id, int mapping) {
    return Pprof.Location.newBuilder()
        .setId(id)
        .setMappingId(mapping)
        .setAddress(id * 16L)
        .addLine(Pprof.Line.newBuilder().setFunctionId(1).setLine(3))
        .build();
  }

  private static Pprof.Profile profile() {
    Pprof.Profile.Builder profile = Pprof.Profile.newBuilder();
    for (String text : new String[] {"", "cpu", "ns", "/app", "b", "main", "route", "/x"}) {
      profile.addStringTable(text);
    }
    return profile
        .addSampleType(Pprof.ValueType.newBuilder().setType(1).setUnit(2))
        .addSampleType(Pprof.ValueType.newBuilder().setType(1).setUnit(2))
        .setPeriodType(Pprof.ValueType.newBuilder().setType(1).setUnit(2))
        .addMapping(Pprof.Mapping.newBuilder().setId(1).setFilename(3).setBuildId(4))
        .addFunction(
            Pprof.Function.newBuilder().setId(1).setName(5).setSystemName(5).setFilename(3))
        .addLocation(location(1, 1))
        .addLocation(location(2, 0))
        .addSample(
            Pprof.Sample.newBuilder()
                .addLocationId(1)
                .addLocationId(2)
                .addValue(1)
                .addValue(2)
                .addLabel(Pprof.Label.newBuilder().setKey(6).setStr(7))
                .addLabel(Pprof.Label.newBuilder().setKey(6).setNum(7).setNumUnit(2)))
        .setTimeNanos(77)
        .build();
  }

  private static Pprof.Profile parse(byte[] body) throws Exception {
    return Pprof.Profile.parseFrom(Gzip.isGzip(body) ? Gzip.inflate(body, 1 << 20) : body);
  }
}
