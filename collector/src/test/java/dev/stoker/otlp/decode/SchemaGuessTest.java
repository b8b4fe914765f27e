package dev.stoker.otlp.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.UnknownFieldSet;
import dev.stoker.pprof.wire.Workspace;
import io.opentelemetry.proto.profiles.v1development.Profile;
import java.io.ByteArrayOutputStream;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Requests in the order of fields that older versions of the schema have. */
class SchemaGuessTest {
  private final Workspace workspace = new Workspace();
  private final Requests made = new Requests();
  private final int stack = made.stack("work", "main");
  private final int attribute = made.attribute("thread.name", "main");
  private final int link = made.link(1, 2);

  @AfterEach
  void close() {
    workspace.close();
  }

  private Decoded decode(UnknownFieldSet... samples) throws Exception {
    UnknownFieldSet.Field.Builder all = UnknownFieldSet.Field.newBuilder();
    for (UnknownFieldSet sample : samples) {
      all.addLengthDelimited(sample.toByteString());
    }
    return decode(UnknownFieldSet.newBuilder().addField(2, all.build()));
  }

  /** A profile with these fields beside its type. The classes would write samples in their way. */
  private Decoded decode(UnknownFieldSet.Builder fields) throws Exception {
    ByteString type =
        Profile.newBuilder().setSampleType(made.type("samples", "count")).build().toByteString();
    ByteString scope = within(2, type.concat(fields.build().toByteString()));
    ByteString request =
        within(1, within(2, scope)).concat(within(2, made.dictionary.build().toByteString()));
    return OtlpRequest.of(request.toByteArray()).decode(1 << 20, workspace);
  }

  private static ByteString within(int field, ByteString bytes) {
    return UnknownFieldSet.newBuilder()
        .addField(field, UnknownFieldSet.Field.newBuilder().addLengthDelimited(bytes).build())
        .build()
        .toByteString();
  }

  private static UnknownFieldSet.Field number(long value) {
    return UnknownFieldSet.Field.newBuilder().addVarint(value).build();
  }

  private static UnknownFieldSet.Field packed(long... values) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    for (long value : values) {
      out.writeUInt64NoTag(value);
    }
    out.flush();
    return UnknownFieldSet.Field.newBuilder()
        .addLengthDelimited(ByteString.copyFrom(bytes.toByteArray()))
        .build();
  }

  private UnknownFieldSet.Builder old() {
    return UnknownFieldSet.newBuilder().addField(1, number(stack));
  }

  private void isToldToBe(String version, UnknownFieldSet... samples) {
    assertThatThrownBy(() -> decode(samples))
        .hasMessageContaining("opentelemetry-proto 1.10 (profiles v1development 0.3)")
        .hasMessageContaining(version);
  }

  @Test
  void samplesOf1_9_areToldApart() throws Exception {
    UnknownFieldSet.Field times =
        UnknownFieldSet.Field.newBuilder()
            .addLengthDelimited(ByteString.copyFrom(new byte[8]))
            .build();
    List<UnknownFieldSet> shapes =
        List.of(
            old().addField(2, packed(1)).build(),
            old().addField(2, packed(1_000_000)).build(),
            old().addField(2, packed(1)).addField(3, packed(attribute)).build(),
            old().addField(2, packed(1)).addField(4, number(link)).build(),
            old().addField(3, packed(attribute)).addField(5, times).build(),
            old()
                .addField(2, packed(7))
                .addField(3, packed(attribute))
                .addField(4, number(link))
                .addField(5, times)
                .build());

    for (UnknownFieldSet shape : shapes) {
      isToldToBe("1.8 or 1.9", shape);
    }
    isToldToBe("1.8 or 1.9", shapes.toArray(UnknownFieldSet[]::new));
  }

  @Test
  void profileOf1_7_isToldApart() throws Exception {
    UnknownFieldSet sample =
        UnknownFieldSet.newBuilder()
            .addField(2, number(2))
            .addField(3, packed(5))
            .addField(4, packed(attribute))
            .build();
    UnknownFieldSet.Builder profile =
        UnknownFieldSet.newBuilder()
            .addField(
                2,
                UnknownFieldSet.Field.newBuilder()
                    .addLengthDelimited(sample.toByteString())
                    .build())
            .addField(3, packed(1, 2))
            .addField(4, number(Requests.TIME))
            .addField(5, number(1_000));

    assertThatThrownBy(() -> decode(profile)).hasMessageContaining("1.7 or older");
  }

  @Test
  void faultOfThisSchema_isNoOlderOne() throws Exception {
    Decoded decoded =
        decode(
            UnknownFieldSet.newBuilder()
                .addField(1, number(77))
                .addField(2, packed(attribute))
                .addField(4, packed(1))
                .build());

    assertThat(decoded.rejected()).isEqualTo(1);
    assertThat(decoded.reason()).startsWith("stack 77 is used");
  }

  /** A stack and times are the same fields in both. */
  @Test
  void samplesWithTimesOnly_areNoSignOfAnOlderOne() throws Exception {
    UnknownFieldSet.Field times =
        UnknownFieldSet.Field.newBuilder()
            .addLengthDelimited(ByteString.copyFrom(new byte[16]))
            .build();
    ByteString good =
        Profile.newBuilder()
            .setSampleType(made.type("samples", "count"))
            .build()
            .toByteString()
            .concat(within(2, old().addField(5, times).build().toByteString()));
    ByteString withoutType = within(2, old().addField(5, times).build().toByteString());
    ByteString scopes = within(2, within(2, good).concat(within(2, withoutType)));
    ByteString request =
        within(1, scopes).concat(within(2, made.dictionary.build().toByteString()));

    Decoded decoded = OtlpRequest.of(request.toByteArray()).decode(1 << 20, workspace);

    assertThat(decoded.reason()).isEqualTo("the profile has no sample_type");
    assertThat(decoded.rejected()).isEqualTo(1);
    assertThat(Pprofs.sums(decoded.profiles().get(0).body()).values()).containsExactly(2L);
  }

  @Test
  void valuesThatAreNotPacked_areTaken() throws Exception {
    Decoded decoded =
        decode(
            UnknownFieldSet.newBuilder()
                .addField(1, number(stack))
                .addField(2, packed(attribute))
                .addField(4, number(1_000))
                .build());

    assertThat(Pprofs.sums(decoded.profiles().get(0).body()).values()).containsExactly(1_000L);
  }
}
