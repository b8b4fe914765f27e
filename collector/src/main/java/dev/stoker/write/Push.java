package dev.stoker.write;

import com.google.protobuf.CodedOutputStream;
import dev.stoker.labels.Labels;
import dev.stoker.profile.Profile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * One profile as a <code>push.v1.PushRequest</code>: envelope bytes, then the body as it came. The
 * body is last in every enclosing message, so nothing follows it and it is never copied; endpoints
 * share it.
 *
 * @param tenant the profile's own X-Scope-OrgID; "" = the endpoint's
 * @param envelope everything before the body
 * @param origin whom {@link dev.stoker.profile.Verdicts} tells what the server says; not on disk
 */
record Push(
    Labels labels, String tenant, byte[] envelope, byte[] body, long scrapedAtMillis, long origin) {
  private static final int SERIES = 1;
  private static final int LABELS = 1;
  private static final int SAMPLES = 2;
  private static final int RAW_PROFILE = 1;
  private static final int BYTES = 2;
  private static final long FNV_BASIS = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;

  static Push of(Labels labels, byte[] body, long scrapedAtMillis) {
    return of(labels, "", body, scrapedAtMillis);
  }

  static Push of(Labels labels, String tenant, byte[] body, long scrapedAtMillis) {
    return of(new Profile(labels, body, scrapedAtMillis), tenant);
  }

  /**
   * @param profile with the labels that are sent
   */
  static Push of(Profile profile, String tenant) {
    Labels labels = profile.labels();
    byte[] body = profile.body();
    try {
      byte[] envelope = envelope(labels, body.length);
      return new Push(labels, tenant, envelope, body, profile.scrapedAtMillis(), profile.origin());
    } catch (IOException arraysDoNotFail) {
      throw new UncheckedIOException(arraysDoNotFail);
    }
  }

  /** The same push with another body. */
  Push with(byte[] other) {
    return other == body ? this : of(new Profile(labels, other, scrapedAtMillis, origin), tenant);
  }

  int size() {
    return envelope.length + body.length;
  }

  /** A hash of tenant and labels. */
  long series() {
    long[] hash = {FNV_BASIS};
    hash(hash, tenant);
    labels.forEach(
        (name, value) -> {
          hash(hash, name);
          hash(hash, value);
        });
    return hash[0];
  }

  private static void hash(long[] hash, String text) {
    long h = hash[0];
    for (int i = 0; i < text.length(); i++) {
      h = (h ^ text.charAt(i)) * FNV_PRIME;
    }
    hash[0] = (h ^ 0x1_0000) * FNV_PRIME; // no char: the end of a text
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
