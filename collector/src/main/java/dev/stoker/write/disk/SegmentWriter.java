package dev.stoker.write.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Appends to the newest segment through one buffer: many records in one write. After a failure the
 * file ends with its last whole record, or the writer is broken and a new segment has to be begun.
 */
final class SegmentWriter implements AutoCloseable {
  private final Segment segment;
  private final FileChannel out;
  private final ByteBuffer buffer;
  private long written;
  private long size;
  private boolean broken;

  /**
   * @param buffer owned by the log; empty between calls
   */
  private SegmentWriter(Segment segment, FileChannel out, ByteBuffer buffer) {
    this.segment = segment;
    this.out = out;
    this.buffer = buffer;
  }

  static SegmentWriter create(DiskFiles files, Path path, Segment segment, ByteBuffer buffer)
      throws IOException {
    FileChannel out = files.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    SegmentWriter writer = new SegmentWriter(segment, out, buffer.clear());
    try {
      writer.put(RecordFormat.segmentHeader(segment.salt()).array());
      writer.flush();
      return writer;
    } catch (IOException full) {
      buffer.clear();
      out.close();
      Files.deleteIfExists(path);
      throw full;
    }
  }

  /**
   * Puts a record into the buffer, and into the file as far as the buffer overflows.
   *
   * @return where the record begins
   */
  long put(StoredProfile profile, byte[] head) throws IOException {
    long at = size;
    byte[] body = profile.body();
    int crc = RecordFormat.crc(head, body);
    put(RecordFormat.header(segment.salt(), segment.count(), head.length + body.length, crc));
    put(head);
    put(body);
    return at;
  }

  private void put(byte[] bytes) throws IOException {
    int at = 0;
    while (at < bytes.length) {
      if (!buffer.hasRemaining()) {
        flush();
      }
      int n = Math.min(buffer.remaining(), bytes.length - at);
      buffer.put(bytes, at, n);
      at += n;
    }
    size += bytes.length;
  }

  /** Writes what is in the buffer into the file. */
  void flush() throws IOException {
    buffer.flip();
    try {
      while (buffer.hasRemaining()) {
        written += out.write(buffer, written);
      }
    } finally {
      buffer.clear();
    }
  }

  /**
   * After a failure: cuts the file.
   *
   * @param end of the last record that is whole
   */
  void cut(long end) {
    buffer.clear();
    size = end;
    written = end;
    try {
      out.truncate(end);
    } catch (IOException readOnly) {
      broken = true; // recovery cuts the tail
    }
  }

  /** Bytes that have reached the file. */
  long written() {
    return written;
  }

  long size() {
    return size;
  }

  boolean broken() {
    return broken || !out.isOpen();
  }

  Segment segment() {
    return segment;
  }

  void force() throws IOException {
    out.force(false);
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
