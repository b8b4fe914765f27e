package dev.stoker.write.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Reads what is readable of a segment and changes nothing. A record whose checksum does not fit is
 * left out, and the next good one is searched for byte by byte: damage costs the records that it
 * touches and no other. What follows the last good record is the tail. Only a segment whose own
 * header is damaged is unreadable as a whole.
 *
 * <p>Time is linear in the file's size whatever is in it: a header is believed only with the
 * segment's salt in its checksum, and each index is tried a few times at most. No more of a file is
 * read than a segment can have: one of several records has 16 MiB at most.
 */
final class SegmentScan {
  private static final int WINDOW = 64 << 10;
  private static final int TRIES_PER_INDEX = 4;
  private static final int BLOCK = 4096;

  /**
   * @param offset of the record's header
   * @param bytes of the body
   */
  record Found(int index, long offset, int length, int bytes, Times times) {
    long scrapedAtMillis() {
      return times.scrapedAtMillis();
    }

    DiskEntry entry(long segment) {
      return new DiskEntry(
          DiskEntry.id(segment, index),
          bytes,
          length - bytes,
          times.scrapedAtMillis(),
          times.enqueuedAtMillis());
    }
  }

  /** Unix milliseconds. */
  record Times(long enqueuedAtMillis, long scrapedAtMillis) {}

  /**
   * @param damaged places before the last good record where records were left out
   * @param end of the last good record
   * @param size of the file
   * @param rest what is behind the last good record
   */
  record Result(long salt, List<Found> records, int damaged, long end, long size, Rest rest) {
    /** Something was written, and not only a part of the first record, but nothing is readable. */
    boolean nothingGood() {
      return records.isEmpty()
          && size >= RecordFormat.SEGMENT_HEADER + RecordFormat.HEADER
          && !rest.begun();
    }

    /** Bytes behind the last good record that are not zeros; 1 at least where there is a tail. */
    long tail() {
      return size > end ? Math.max(1, rest.written()) : 0;
    }
  }

  /**
   * @param begun a record's good header is there: it was being written
   * @param written bytes in blocks that are not all zeros
   */
  record Rest(boolean begun, long written) {}

  private final FileChannel in;
  private final BooleanSupplier cancelled;
  private final long fileSize;
  private final long salt;

  /** Nothing is looked for from there on. */
  private long size;

  private final ByteBuffer window = ByteBuffer.allocate(WINDOW);
  private final Map<Integer, Integer> tries = new HashMap<>();
  private final BitSet seen = new BitSet();
  private final List<Found> records = new ArrayList<>();
  private long windowAt = -1;
  private int damaged;
  private long end = RecordFormat.SEGMENT_HEADER;
  private boolean begun;

  private SegmentScan(FileChannel in, long salt, BooleanSupplier cancelled) throws IOException {
    this.in = in;
    this.cancelled = cancelled;
    this.fileSize = in.size();
    this.salt = salt;
    this.size = Math.min(fileSize, DiskLog.MAX_SEGMENT);
  }

  /**
   * @return null when the segment's own header is damaged
   * @throws java.util.concurrent.CancellationException when it is cancelled meanwhile
   */
  static @Nullable Result read(DiskFiles files, Path segment, BooleanSupplier cancelled)
      throws IOException {
    try (FileChannel in = open(files, segment)) {
      ByteBuffer header = ByteBuffer.allocate(RecordFormat.SEGMENT_HEADER);
      Long salt = readFully(in, header, 0) ? RecordFormat.salt(header.flip()) : null;
      return salt == null ? null : new SegmentScan(in, salt, cancelled).scan();
    }
  }

  private static FileChannel open(DiskFiles files, Path segment) throws IOException {
    return files.open(segment, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
  }

  /** Its header is good. */
  static boolean isOurs(DiskFiles files, Path segment) {
    return RecordFormat.salt(firstBytes(files, segment)) != null;
  }

  static boolean isLater(DiskFiles files, Path segment) {
    return RecordFormat.isLater(firstBytes(files, segment));
  }

  private static ByteBuffer firstBytes(DiskFiles files, Path segment) {
    ByteBuffer header = ByteBuffer.allocate(RecordFormat.SEGMENT_HEADER);
    try (FileChannel in = open(files, segment)) {
      readFully(in, header, 0);
    } catch (IOException unreadable) {
      header.clear();
    }
    return header.flip();
  }

  /** Bytes of a segment with a damaged header in blocks that are not all zeros. */
  static long written(DiskFiles files, Path segment) {
    try (FileChannel in = open(files, segment)) {
      return new SegmentScan(in, 0, () -> false).written(0);
    } catch (IOException unreadable) {
      return 0;
    }
  }

  private Result scan() throws IOException {
    long at = end;
    while (at + RecordFormat.HEADER <= size) {
      RecordFormat.Header header = RecordFormat.header(salt, view(at));
      if (header != null && at == RecordFormat.SEGMENT_HEADER) {
        // A first record may be larger than the bound, and is alone then.
        size = Math.max(size, Math.min(fileSize, at + RecordFormat.HEADER + header.length()));
      }
      if (header == null) {
        at = nextMagic(at + 1);
        continue;
      }
      boolean good = worthATry(header) && check(header, at);
      begun |= !good;
      at = good ? end : nextMagic(at + 1);
    }
    Rest rest = new Rest(begun && end < size, written(end));
    return new Result(salt, records, damaged, end, fileSize, rest);
  }

  private long written(long from) throws IOException {
    long bytes = 0;
    for (long at = from; at < size; at += BLOCK) {
      ByteBuffer view = view(at);
      int length = (int) Math.min(Math.min(BLOCK, size - at), view.remaining());
      for (int i = 0; i < length; i++) {
        if (view.get(view.position() + i) != 0) {
          bytes += length;
          break;
        }
      }
    }
    return bytes;
  }

  private boolean worthATry(RecordFormat.Header header) {
    return tries.merge(header.index(), 1, Integer::sum) <= TRIES_PER_INDEX;
  }

  private boolean check(RecordFormat.Header header, long at) throws IOException {
    long payload = at + RecordFormat.HEADER;
    if (payload + header.length() > fileSize) {
      return false;
    }
    ByteBuffer start = view(payload);
    if (start.remaining() < RecordFormat.PAYLOAD_START) {
      return false;
    }
    int head = start.getInt(start.position());
    long enqueued = start.getLong(start.position() + 4);
    long scraped = start.getLong(start.position() + 12);
    if (head < RecordFormat.PAYLOAD_START
        || head > header.length()
        || crc(payload, header.length()) != header.crc()) {
      return false;
    }
    if (at > end) {
      damaged++;
    }
    end = payload + header.length();
    begun = false;
    if (!seen.get(header.index())) {
      seen.set(header.index());
      records.add(
          new Found(
              header.index(),
              at,
              header.length(),
              header.length() - head,
              new Times(enqueued, scraped)));
    }
    return true;
  }

  private int crc(long from, int length) throws IOException {
    CRC32C crc = new CRC32C();
    long at = from;
    long left = length;
    while (left > 0) {
      ByteBuffer view = view(at);
      if (!view.hasRemaining()) {
        throw new IOException("the segment became shorter while it was read");
      }
      int n = (int) Math.min(left, view.remaining());
      crc.update(view.limit(view.position() + n));
      at += n;
      left -= n;
    }
    return (int) crc.getValue();
  }

  /** Where the next record could begin; the end of the file when nowhere. */
  private long nextMagic(long from) throws IOException {
    long at = from;
    while (at + RecordFormat.HEADER <= size) {
      ByteBuffer view = view(at);
      int last = view.limit() - Integer.BYTES;
      for (int i = view.position(); i <= last; i++) {
        if (view.getInt(i) == RecordFormat.RECORD) {
          return at + i - view.position();
        }
      }
      at += Math.max(1, last - view.position() + 1);
    }
    return size;
  }

  /** A window that holds a header's worth of bytes from there on, or all up to the end. */
  private ByteBuffer view(long at) throws IOException {
    boolean inside = windowAt >= 0 && at >= windowAt && at <= windowAt + window.limit();
    long ahead = inside ? windowAt + window.limit() - at : 0;
    if (!inside || ahead < Math.min(2 * RecordFormat.HEADER, fileSize - at)) {
      if (cancelled.getAsBoolean()) {
        throw new CancellationException();
      }
      window.clear();
      readFully(in, window, at);
      window.flip();
      windowAt = at;
    }
    return window.duplicate().position((int) (at - windowAt));
  }

  /** False when the file ended before the buffer was full. */
  static boolean readFully(FileChannel in, ByteBuffer into, long from) throws IOException {
    long at = from;
    while (into.hasRemaining()) {
      int n = in.read(into, at);
      if (n < 0) {
        return false;
      }
      at += n;
    }
    return true;
  }
}
