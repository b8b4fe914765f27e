package dev.stoker.receive.pyroscope;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import dev.stoker.pprof.Gzip;
import dev.stoker.pprof.build.PprofWriter;
import dev.stoker.pprof.build.ValueType;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/** Requests as clients write them, by another way than the program reads them. */
public final class Pushes {
  static final long TIME = 1_700_000_000_000_000_000L;

  /** A CPU profile with one sample. */
  public static byte[] profile(long value, long timeNanos) {
    ValueType cpu = new ValueType("cpu", "nanoseconds");
    PprofWriter writer = new PprofWriter(List.of(cpu), cpu, 10_000_000, "cpu");
    writer.sample(new int[] {writer.location("main", "main.go", 1)}, value);
    return writer.finish(timeNanos, 0);
  }

  static byte[] profile(long value) {
    return profile(value, TIME + value);
  }

  /** One series of the labels, with the profiles. */
  public static byte[] proto(Map<String, String> labels, byte[]... profiles) {
    List<String> pairs = new ArrayList<>();
    labels.forEach(
        (name, value) -> {
          pairs.add(name);
          pairs.add(value);
        });
    return proto(pairs, profiles);
  }

  static byte[] proto(List<String> labels, byte[]... profiles) {
    UnknownFieldSet.Field.Builder pairs = UnknownFieldSet.Field.newBuilder();
    for (int i = 0; i < labels.size(); i += 2) {
      pairs.addLengthDelimited(
          UnknownFieldSet.newBuilder()
              .addField(1, text(labels.get(i)))
              .addField(2, text(labels.get(i + 1)))
              .build()
              .toByteString());
    }
    UnknownFieldSet.Field.Builder samples = UnknownFieldSet.Field.newBuilder();
    for (byte[] profile : profiles) {
      samples.addLengthDelimited(
          UnknownFieldSet.newBuilder()
              .addField(1, bytes(ByteString.copyFrom(profile)))
              .addField(2, text("an id"))
              .build()
              .toByteString());
    }
    UnknownFieldSet series =
        UnknownFieldSet.newBuilder()
            .addField(1, pairs.build())
            .addField(2, samples.build())
            .addField(3, text("an annotation"))
            .build();
    return UnknownFieldSet.newBuilder()
        .addField(1, bytes(series.toByteString()))
        .build()
        .toByteArray();
  }

  private static UnknownFieldSet.Field text(String text) {
    return bytes(ByteString.copyFromUtf8(text));
  }

  private static UnknownFieldSet.Field bytes(ByteString bytes) {
    return UnknownFieldSet.Field.newBuilder().addLengthDelimited(bytes).build();
  }

  static String json(String name, String service, byte[] profile) {
    return "{\"unknown\":[{}],\"series\":[{\"labels\":[{\"name\":\"__name__\",\"value\":\""
        + name
        + "\"},{\"name\":\"service_name\",\"value\":\""
        + service
        + "\"}],\"samples\":[{\"ID\":\"1\",\"rawProfile\":\""
        + Base64.getEncoder().encodeToString(profile)
        + "\"}]}]}";
  }

  static byte[] gzip(byte[] plain) {
    return Gzip.deflate(plain, plain.length, 6);
  }

  /** Five bytes before it. */
  static byte[] framed(int flags, byte[] message) {
    return ByteBuffer.allocate(5 + message.length)
        .put((byte) flags)
        .putInt(message.length)
        .put(message)
        .array();
  }

  private Pushes() {}
}
