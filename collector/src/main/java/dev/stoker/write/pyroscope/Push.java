package dev.stoker.write.pyroscope;

import com.google.protobuf.CodedOutputStream;
import dev.stoker.labels.Labels;
import dev.stoker.write.queue.OutgoingProfile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * One profile as a <code>push.v1.PushRequest</code>: envelope bytes, then the body as it came. The
 * body is last in every enclosing message, so nothing follows it and it is never copied.
 *
 * @param envelope everything before the body
 */
record Push(byte[] envelope, byte[] body) {
  private static final int SERIES = 1;
  private static final int LABELS = 1;
  private static final int SAMPLES = 2;
  private static final int RAW_PROFILE = 1;
  private static final int BYTES = 2;

  static Push of(OutgoingProfile profile) {
    byte[] body = profile.body();
    try {
      return new Push(envelope(profile.labels(), body.length), body);
    } catch (IOException arraysDoNotFail) {
      throw new UncheckedIOException(arraysDoNotFail);
    }
  }

  int size() {
    return envelope.length + body.length;
  }

  private static byte[] envelope(Labels labels, int bodyLength) throws IOException {
    byte[] pairs = labelPairs(labels);
    int sample = fieldSize(RAW_PROFILE, bodyLength);
    int series = pairs.length + fieldSize(SAMPLES, sample);
    int head = fieldSize(SERIES, series) - bodyLength;
    byte[] bytes = new byte[head];
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    out.writeTag(SERIES, BYTES);
    out.writeUInt32NoTag(series);
    out.writeRawBytes(pairs);
    out.writeTag(SAMPLES, BYTES);
    out.writeUInt32NoTag(sample);
    out.writeTag(RAW_PROFILE, BYTES);
    out.writeUInt32NoTag(bodyLength);
    out.checkNoSpaceLeft();
    return bytes;
  }

  private static byte[] labelPairs(Labels labels) throws IOException {
    int[] size = {0};
    labels.forEach((name, value) -> size[0] += fieldSize(LABELS, pairSize(name, value)));
    byte[] bytes = new byte[size[0]];
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    for (var label : labels.toMap().entrySet()) {
      out.writeTag(LABELS, BYTES);
      out.writeUInt32NoTag(pairSize(label.getKey(), label.getValue()));
      out.writeByteArray(1, label.getKey().getBytes(StandardCharsets.UTF_8));
      out.writeByteArray(2, label.getValue().getBytes(StandardCharsets.UTF_8));
    }
    out.checkNoSpaceLeft();
    return bytes;
  }

  private static int pairSize(String name, String value) {
    return fieldSize(1, name.getBytes(StandardCharsets.UTF_8).length)
        + fieldSize(2, value.getBytes(StandardCharsets.UTF_8).length);
  }

  private static int fieldSize(int field, int length) {
    return CodedOutputStream.computeTagSize(field)
        + CodedOutputStream.computeUInt32SizeNoTag(length)
        + length;
  }
}
