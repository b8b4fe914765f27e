package dev.stoker.write.disk;

import dev.stoker.labels.Labels;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a segment, all numbers big-endian.
 *
 * <pre>
 * segment  "STOKERQ1", salt (8), CRC32C of both (4), then records
 * record   magic (4), index in the segment (4), payload length (4), CRC32C of the payload (4),
 *          CRC32C of the salt and the four before (4), payload
 * payload  head length (4), enqueued (8), scraped (8), tenant, number of labels (4),
 *          names and values, then the body; a text is its length (4) and UTF-8
 * </pre>
 *
 * The salt is random: bytes inside a body can't be taken for a record, whatever a target serves.
 */
final class RecordFormat {
  static final byte[] MAGIC = "STOKERQ1".getBytes(StandardCharsets.US_ASCII);
  static final int SEGMENT_HEADER = 20;
  static final int RECORD = 0x53516b52;
  static final int HEADER = 20;

  /** Head length and the two times: what recovery looks at. */
  static final int PAYLOAD_START = 20;

  /** A record's header; only ever made of bytes whose checksum fits. */
  record Header(int index, int length, int crc) {}

  static ByteBuffer segmentHeader(long salt) {
    ByteBuffer header = ByteBuffer.allocate(SEGMENT_HEADER).put(MAGIC).putLong(salt);
    return header.putInt(crc(header.array(), 0, 16)).flip();
  }

  /** The salt, or null when these are no good first bytes of a segment. */
  static @Nullable Long salt(ByteBuffer header) {
    if (header.remaining() < SEGMENT_HEADER) {
      return null;
    }
    byte[] bytes = new byte[SEGMENT_HEADER];
    header.get(bytes);
    ByteBuffer expected = segmentHeader(ByteBuffer.wrap(bytes).getLong(MAGIC.length));
    return expected.equals(ByteBuffer.wrap(bytes))
        ? ByteBuffer.wrap(bytes).getLong(MAGIC.length)
        : null;
  }

  /** The first bytes of a segment that a version after this one wrote. */
  static boolean isLater(ByteBuffer header) {
    int last = MAGIC.length - 1;
    if (header.remaining() < MAGIC.length) {
      return false;
    }
    byte[] bytes = new byte[MAGIC.length];
    header.get(bytes);
    return Arrays.equals(bytes, 0, last, MAGIC, 0, last)
        && bytes[last] > MAGIC[last]
        && Character.isLetterOrDigit(bytes[last]);
  }

  static byte[] header(long salt, int index, int length, int payloadCrc) {
    ByteBuffer bytes = ByteBuffer.allocate(HEADER).putInt(RECORD);
    bytes.putInt(index).putInt(length).putInt(payloadCrc);
    return bytes.putInt(headerCrc(salt, bytes.array())).array();
  }

  /** Null when the bytes at the buffer's position are no header of this segment. */
  static @Nullable Header header(long salt, ByteBuffer at) {
    if (at.remaining() < HEADER || at.getInt(at.position()) != RECORD) {
      return null;
    }
    byte[] bytes = new byte[HEADER];
    at.get(at.position(), bytes);
    ByteBuffer fields = ByteBuffer.wrap(bytes);
    Header header = new Header(fields.getInt(4), fields.getInt(8), fields.getInt(12));
    boolean good =
        fields.getInt(16) == headerCrc(salt, bytes)
            && header.index() >= 0
            && header.index() < DiskEntry.MAX_INDEX
            && header.length() >= PAYLOAD_START;
    return good ? header : null;
  }

  private static int headerCrc(long salt, byte[] header) {
    CRC32C crc = new CRC32C();
    crc.update(ByteBuffer.allocate(Long.BYTES).putLong(0, salt));
    crc.update(header, 0, 16);
    return (int) crc.getValue();
  }

  /** Everything of the payload before the body, its own length first. */
  static byte[] head(StoredProfile profile) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeInt(0);
      out.writeLong(profile.enqueuedAtMillis());
      out.writeLong(profile.scrapedAtMillis());
      text(out, profile.tenant());
      out.writeInt(profile.labels().size());
      for (var label : profile.labels().toMap().entrySet()) {
        text(out, label.getKey());
        text(out, label.getValue());
      }
    } catch (IOException arraysDoNotFail) {
      throw new UncheckedIOException(arraysDoNotFail);
    }
    byte[] head = bytes.toByteArray();
    ByteBuffer.wrap(head).putInt(head.length);
    return head;
  }

  private static void text(DataOutputStream out, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  /**
   * @param payload whose checksum fits
   * @throws IOException when it makes no sense all the same
   */
  static StoredProfile decode(byte[] payload) throws IOException {
    try {
      ByteBuffer in = ByteBuffer.wrap(payload);
      int headLength = in.getInt();
      if (headLength < PAYLOAD_START || headLength > payload.length) {
        throw new IOException("a record's head is longer than the record");
      }
      in.limit(headLength);
      long enqueued = in.getLong();
      long scraped = in.getLong();
      String tenant = text(in);
      Labels.Builder labels = Labels.empty().toBuilder();
      for (int count = in.getInt(); count > 0; count--) {
        labels.set(text(in), text(in));
      }
      byte[] body = java.util.Arrays.copyOfRange(payload, headLength, payload.length);
      return new StoredProfile(labels.build(), tenant, body, scraped, enqueued);
    } catch (BufferUnderflowException shorter) {
      throw new IOException("a record's head ends too early", shorter);
    }
  }

  private static String text(ByteBuffer in) throws IOException {
    int length = in.getInt();
    if (length < 0 || length > in.remaining()) {
      throw new IOException("a text is longer than its record");
    }
    byte[] bytes = new byte[length];
    in.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  static int crc(byte[] bytes, int from, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, from, length);
    return (int) crc.getValue();
  }

  static int crc(byte[] head, byte[] body) {
    CRC32C crc = new CRC32C();
    crc.update(head);
    crc.update(body);
    return (int) crc.getValue();
  }

  /** Eight bytes that say that a record is settled. */
  static ByteBuffer ack(long salt, int index) {
    return ByteBuffer.allocate(8).putInt(index).putInt(ackCrc(salt, index)).flip();
  }

  /** The index, or -1 when the bytes are no such entry of this segment. */
  static int ack(long salt, ByteBuffer entry) {
    int index = entry.getInt();
    return entry.getInt() == ackCrc(salt, index) ? index : -1;
  }

  private static int ackCrc(long salt, int index) {
    byte[] bytes = ByteBuffer.allocate(12).putLong(salt).putInt(index).array();
    return crc(bytes, 0, bytes.length);
  }

  private RecordFormat() {}
}
