package dev.stoker.store;

import dev.stoker.labels.Labels;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/**
 * Where a stored profile lies. On disk a record is: magic, head length, body length, CRC32C of the
 * head, CRC32C of the body (five big-endian ints), head (time, labels), body as it came.
 *
 * @param series public labels and the profile name
 * @param atMillis when it was scraped, Unix milliseconds
 * @param offset of the body in the segment
 * @param length of the body
 */
record StoredRecord(Series series, long atMillis, Path segment, long offset, int length, int crc) {
  static final int MAGIC = 0x53544b50;
  static final int PREFIX = 20;
  static final int MAX_HEAD = 1 << 20;

  /** Labels without private ones but for <code>__name__</code>. */
  record Series(String service, String name, Labels labels) {}

  /** The same profile, wherever it lies. */
  boolean sameAs(StoredRecord other) {
    return atMillis == other.atMillis
        && crc == other.crc
        && length == other.length
        && offset == other.offset
        && series.equals(other.series);
  }

  static int crc(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return (int) crc.getValue();
  }

  static byte[] head(Labels labels, long atMillis) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeLong(atMillis);
      out.writeShort(labels.size());
      for (var label : labels.toMap().entrySet()) {
        out.writeUTF(label.getKey());
        out.writeUTF(label.getValue());
      }
    } catch (IOException tooLong) {
      throw new UncheckedIOException(tooLong);
    }
    return bytes.toByteArray();
  }

  static ByteBuffer prefix(byte[] head, byte[] body) {
    ByteBuffer prefix = ByteBuffer.allocate(PREFIX);
    prefix.putInt(MAGIC).putInt(head.length).putInt(body.length);
    return prefix.putInt(crc(head)).putInt(crc(body)).flip();
  }

  static Labels readLabels(DataInputStream in) throws IOException {
    Labels.Builder labels = Labels.empty().toBuilder();
    int count = in.readUnsignedShort();
    for (int i = 0; i < count; i++) {
      labels.set(in.readUTF(), in.readUTF());
    }
    return labels.build();
  }
}
