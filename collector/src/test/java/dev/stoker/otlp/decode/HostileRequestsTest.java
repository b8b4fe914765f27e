package dev.stoker.otlp.decode;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.stoker.pprof.wire.Workspace;
import io.opentelemetry.proto.collector.profiles.v1development.ExportProfilesServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.profiles.v1development.Location;
import io.opentelemetry.proto.profiles.v1development.Mapping;
import io.opentelemetry.proto.profiles.v1development.Profile;
import io.opentelemetry.proto.profiles.v1development.Sample;
import io.opentelemetry.proto.profiles.v1development.ScopeProfiles;
import io.opentelemetry.proto.profiles.v1development.Stack;
import io.opentelemetry.proto.resource.v1.Resource;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Some bytes that name much: what is made of them is bounded before it is made. */
class HostileRequestsTest {
  private static final int MIB = 1 << 20;

  private final Workspace workspace = new Workspace();
  private final Requests made = new Requests();
  private long allocated;

  @AfterEach
  void close() {
    workspace.close();
  }

  /** Measures what this thread allocates meanwhile. */
  private Decoded decode(ExportProfilesServiceRequest request, long room) throws Exception {
    byte[] message = request.toByteArray();
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    Decoded decoded = OtlpRequest.of(message).decode(room, workspace);
    allocated = threads.getCurrentThreadAllocatedBytes() - before;
    return decoded;
  }

  private AnyValue reference(String text) {
    return AnyValue.newBuilder().setStringValueStrindex(made.string(text)).build();
  }

  private static String text(int length) {
    return "x".repeat(length);
  }

  @Test
  void longTextThatManyAttributesName_isWrittenOnce() throws Exception {
    Sample.Builder sample = Requests.sample(made.stack("work"), 1);
    for (int i = 0; i < 1_000; i++) {
      sample.addAttributeIndices(made.attribute("key" + i, reference(text(MIB)), ""));
    }

    Decoded decoded =
        decode(
            made.request("shop", made.profile("cpu", "nanoseconds").addSamples(sample)), 8 * MIB);

    assertThat(decoded.reason()).isEmpty();
    assertThat(allocated).isLessThan(16 * MIB);
    var pprof = Pprofs.parse(decoded.profiles().get(0).body());
    assertThat(pprof.getSample(0).getLabelList()).hasSize(1_000);
    assertThat(pprof.getSample(0).getLabelList())
        .allMatch(label -> pprof.getStringTable((int) label.getStr()).length() == MIB);
    assertThat(pprof.getSerializedSize()).isLessThan(2 * MIB);
  }

  @Test
  void longBuildIdThatManyMappingsName_isWrittenOnce() throws Exception {
    int buildId = made.attribute("process.executable.build_id.gnu", text(MIB));
    Stack.Builder stack = Stack.newBuilder();
    for (int i = 0; i < 100; i++) {
      made.dictionary.addMappingTable(Mapping.newBuilder().addAttributeIndices(buildId));
      made.dictionary.addLocationTable(Location.newBuilder().setMappingIndex(i + 1).setAddress(1));
      stack.addLocationIndices(made.dictionary.getLocationTableCount() - 1);
    }
    made.dictionary.addStackTable(stack);

    Decoded decoded =
        decode(
            made.request(
                "shop",
                made.profile("cpu", "nanoseconds")
                    .addSamples(Requests.sample(made.dictionary.getStackTableCount() - 1, 1))),
            8 * MIB);

    assertThat(decoded.reason()).isEmpty();
    assertThat(allocated).isLessThan(16 * MIB);
  }

  @Test
  void textWithoutRoom_isNotWritten() throws Exception {
    for (String text : new String[] {text(8 * MIB), "\u00fc".repeat(2 * MIB)}) {
      int key = made.string(text);
      Decoded decoded =
          decode(
              made.request(
                  "shop",
                  made.profile("cpu", "nanoseconds")
                      .addSamples(
                          Requests.sample(made.stack("work"), 1)
                              .addAttributeIndices(
                                  made.attribute("k" + key, reference(text), "")))),
              2 * MIB);

      assertThat(decoded.outOfRoom()).isTrue();
      assertThat(allocated).isLessThan(MIB);
    }
  }

  @Test
  void labelsOfServicesThatSamplesName_areBounded_beforeTheyAreMade() throws Exception {
    Resource.Builder resource = Resource.newBuilder();
    for (int i = 0; i < 1_000; i++) {
      resource.addAttributes(Requests.pair("key" + i, "value"));
    }
    int stack = made.stack("work");
    Profile.Builder many = made.profile("cpu", "nanoseconds");
    for (int i = 0; i < 10_000; i++) {
      many.addSamples(
          Requests.sample(stack, 1)
              .addAttributeIndices(made.attribute("service.name", "service" + i)));
    }
    Profile.Builder one = made.profile("cpu", "nanoseconds").addSamples(Requests.sample(stack, 1));

    Decoded decoded =
        decode(
            made.request(
                Requests.resource("")
                    .setResource(resource)
                    .addScopeProfiles(
                        ScopeProfiles.newBuilder().addProfiles(many).addProfiles(one))),
            64 * MIB);

    assertThat(decoded.reason()).contains("200000 labels");
    assertThat(decoded.rejected()).isEqualTo(1);
    assertThat(decoded.profiles()).as("what was refused does not count").hasSize(1);
    assertThat(allocated).isLessThan(16 * MIB);
  }
}
