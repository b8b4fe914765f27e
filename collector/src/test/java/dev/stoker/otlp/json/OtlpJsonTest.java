package dev.stoker.otlp.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.stoker.pprof.MalformedProfileException;
import io.opentelemetry.proto.collector.profiles.v1development.ExportProfilesServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.profiles.v1development.Profile;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OtlpJsonTest {
  private static final int MANY = 400_000;

  private long allocated;

  /** Measures what this thread allocates meanwhile, which is more than it holds at any time. */
  private ExportProfilesServiceRequest read(String json, int growth) throws Exception {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    try {
      OtlpJson.Proto proto = OtlpJson.toProto(bytes, growth);
      return ExportProfilesServiceRequest.parseFrom(
          ByteBuffer.wrap(proto.bytes(), 0, proto.size()));
    } finally {
      allocated = threads.getCurrentThreadAllocatedBytes() - before;
    }
  }

  private static String profile(String fields) {
    return "{\"resourceProfiles\":[{\"scopeProfiles\":[{\"profiles\":[{" + fields + "}]}]}]}";
  }

  private static String sample(String name, String value) {
    String all = String.join(",", Collections.nCopies(MANY, value));
    return profile("\"samples\":[{\"" + name + "\":[" + all + "]}]");
  }

  private static Profile only(ExportProfilesServiceRequest request) {
    return request.getResourceProfiles(0).getScopeProfiles(0).getProfiles(0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"timestampsUnixNano 1", "values -1"})
  void numbersThatGrow_takeNoMoreThanWasReserved(String shape) throws Exception {
    String name = shape.split(" ")[0];
    String value = shape.split(" ")[1];
    String json = sample(name, value);

    assertThatThrownBy(() -> read(json, OtlpJson.USUAL)).isInstanceOf(LargerProtoException.class);
    // Of a number, its text is garbage at once.
    long garbage = 80L * MANY;
    assertThat(allocated).isLessThan(OtlpJson.memory(json.length(), OtlpJson.USUAL) + garbage);

    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    OtlpJson.Proto proto = OtlpJson.toProto(bytes, OtlpJson.MOST);
    assertThat((long) proto.bytes().length)
        .isLessThan(OtlpJson.memory(json.length(), OtlpJson.MOST));
    Profile profile = only(read(json, OtlpJson.MOST));
    assertThat(
            profile.getSamples(0).getValuesCount()
                + profile.getSamples(0).getTimestampsUnixNanoCount())
        .isEqualTo(MANY);
  }

  /** Each message around it would be another copy. */
  @Test
  void longTextDeepInside_isWrittenOnce() throws Exception {
    String text = "x".repeat(1 << 20);
    StringBuilder json = new StringBuilder("{\"dictionary\":{\"attributeTable\":[{\"value\":");
    for (int i = 0; i < 25; i++) {
      json.append("{\"arrayValue\":{\"values\":[");
    }
    json.append("{\"stringValue\":\"").append(text).append("\"}");
    json.append("]}}".repeat(25)).append("}]}}");

    AnyValue value =
        read(json.toString(), OtlpJson.USUAL).getDictionary().getAttributeTable(0).getValue();

    assertThat(allocated).isLessThan(16L << 20);
    for (int i = 0; i < 25; i++) {
      value = value.getArrayValue().getValues(0);
    }
    assertThat(value.getStringValue()).isEqualTo(text);
  }

  @Test
  void lengthsOfOneTwoAndThreeBytes_areRight() throws Exception {
    for (int length : new int[] {0, 1, 127, 128, 129, 16_383, 16_384, 20_000}) {
      String name = "n".repeat(length);
      ExportProfilesServiceRequest request =
          read(
              "{\"resourceProfiles\":[{\"scopeProfiles\":[{\"scope\":{\"name\":\""
                  + name
                  + "\"},\"profiles\":[{\"period\":3,\"attributeIndices\":[]},{\"period\":300}]}]}]}",
              OtlpJson.USUAL);

      var scope = request.getResourceProfiles(0).getScopeProfiles(0);
      assertThat(scope.getScope().getName()).isEqualTo(name);
      assertThat(scope.getProfilesList()).extracting(Profile::getPeriod).containsExactly(3L, 300L);
      assertThat(scope.getProfiles(0).getSerializedSize()).as("no empty list").isEqualTo(2);
    }
  }

  @Test
  void valuesOfAnotherKind_doNotLeadAstray() throws Exception {
    ExportProfilesServiceRequest request =
        read(
            "{\"dictionary\":{\"attributeTable\":["
                + "{\"value\":{\"bytesValue\":{\"stringValue\":\"a\"}},\"keyStrindex\":1},"
                + "{\"value\":{\"boolValue\":{\"intValue\":1}},\"keyStrindex\":2},"
                + "{\"value\":{\"doubleValue\":[{\"intValue\":1}]},\"keyStrindex\":3}]}}",
            OtlpJson.USUAL);

    assertThat(request.getDictionary().getAttributeTableList())
        .extracting(attribute -> attribute.getKeyStrindex())
        .containsExactly(1, 2, 3);
  }

  @Test
  void textPastTheBound_isRefused_withTheBound() {
    String json = "{\n\"dictionary\":{\"stringTable\":[\"" + "x".repeat(2 << 20) + "\"]}}";

    assertThatThrownBy(() -> read(json, OtlpJson.USUAL))
        .isInstanceOf(MalformedProfileException.class)
        .hasMessageContaining("more than 1048576 characters");
  }
}
