package dev.stoker.discovery.kubernetes.api;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Unpacks a body in gzip's format (RFC 1952) while it comes in: what the JDK has for it reads from
 * a stream, and would wait for more. The sum at the end is not checked, since what is cut or
 * damaged is no whole JSON. Used by one thread at a time.
 */
final class Gunzip {
  private static final int FIXED_HEADER = 10;
  private static final int MOST_HEADER = 64 << 10;
  private static final int DEFLATE = 8;
  private static final int HEADER_SUM = 1 << 1;
  private static final int EXTRA = 1 << 2;
  private static final int NAME = 1 << 3;
  private static final int COMMENT = 1 << 4;
  private static final int PIECE = 16 << 10;

  /** Takes what was unpacked; the array is used again after the call. */
  interface Sink {
    void bytes(byte[] bytes, int offset, int length) throws IOException;
  }

  private final Inflater inflater = new Inflater(true);
  private final byte[] piece = new byte[PIECE];
  private final ByteArrayOutputStream header = new ByteArrayOutputStream(64);
  private boolean begun;

  /**
   * @throws IOException it is not in gzip's format
   */
  void read(byte[] bytes, int offset, int length, Sink sink) throws IOException {
    if (begun) {
      inflate(bytes, offset, length, sink);
      return;
    }
    header.write(bytes, offset, length);
    byte[] all = header.toByteArray();
    int data = headerLength(all);
    if (data >= 0) {
      begun = true;
      header.reset();
      inflate(all, data, all.length - data, sink);
    } else if (all.length > MOST_HEADER) {
      throw notGzip();
    }
  }

  private void inflate(byte[] bytes, int offset, int length, Sink sink) throws IOException {
    inflater.setInput(bytes, offset, length);
    try {
      for (int got; (got = inflater.inflate(piece)) > 0; ) {
        sink.bytes(piece, 0, got);
      }
    } catch (DataFormatException damaged) {
      throw notGzip();
    }
    if (inflater.needsDictionary()) {
      throw notGzip();
    }
  }

  /**
   * @return -1 = it has not ended
   */
  private static int headerLength(byte[] bytes) throws IOException {
    if (bytes.length < FIXED_HEADER) {
      return -1;
    }
    if (bytes[0] != 0x1f || bytes[1] != (byte) 0x8b || bytes[2] != DEFLATE) {
      throw notGzip();
    }
    int flags = bytes[3];
    int at = FIXED_HEADER;
    if ((flags & EXTRA) != 0) {
      if (bytes.length < at + 2) {
        return -1;
      }
      at += 2 + (bytes[at] & 0xff) + ((bytes[at + 1] & 0xff) << 8);
    }
    if ((flags & NAME) != 0) {
      at = afterText(bytes, at);
    }
    if ((flags & COMMENT) != 0) {
      at = afterText(bytes, at);
    }
    at += (flags & HEADER_SUM) != 0 ? 2 : 0;
    return at <= bytes.length ? at : -1;
  }

  private static int afterText(byte[] bytes, int from) {
    int at = from;
    while (at < bytes.length && bytes[at] != 0) {
      at++;
    }
    return at + 1;
  }

  private static IOException notGzip() {
    return new IOException("the answer says that it is compressed by gzip, and is not");
  }

  /**
   * @throws IOException something is missing
   */
  void end() throws IOException {
    if (!inflater.finished()) {
      throw new IOException("the answer, compressed by gzip, ends in the middle");
    }
  }

  /** Its memory is not the heap's. */
  void close() {
    inflater.end();
  }
}
