package dev.stoker.pprof.wire;

import dev.stoker.pprof.MalformedProfileException;

/**
 * Walks over protobuf's wire format in a part of an array, without copies. Everything that is out
 * of bounds throws a {@link MalformedProfileException}. One thread.
 */
public final class Cursor {
  public static final int VARINT = 0;
  public static final int FIXED64 = 1;
  public static final int BYTES = 2;
  static final int FIXED32 = 5;

  private static final String PPROF = "body is no valid pprof protobuf: ";

  private final String complaint;
  private byte[] data = new byte[0];
  private int position;
  private int limit;
  private int field;
  private int wireType;
  private int start;
  private int length;

  public Cursor() {
    this(PPROF);
  }

  /**
   * @param complaint how the message of an exception begins
   */
  public Cursor(String complaint) {
    this.complaint = complaint;
  }

  public void over(byte[] bytes, int from, int to) {
    data = bytes;
    position = from;
    limit = to;
  }

  /** Reads the next tag; false at the end. For {@link #BYTES}, start and length are then set. */
  public boolean next() throws MalformedProfileException {
    if (position >= limit) {
      return false;
    }
    long tag = varint();
    field = (int) (tag >>> 3);
    wireType = (int) tag & 7;
    if (field == 0 || tag >>> 32 != 0) {
      throw wrong("invalid field number");
    }
    if (wireType == BYTES) {
      long size = varint();
      if (size < 0 || size > limit - position) {
        throw wrong("a field reaches beyond the end");
      }
      start = position;
      length = (int) size;
      position += length;
    }
    return true;
  }

  public int field() {
    return field;
  }

  public int wireType() {
    return wireType;
  }

  public int start() {
    return start;
  }

  public int end() {
    return start + length;
  }

  /** The value of a {@link #VARINT} field whose tag was just read. */
  public long value() throws MalformedProfileException {
    if (wireType != VARINT) {
      throw wrong("field " + field + " has the wrong wire type");
    }
    return varint();
  }

  /** Demands that the field just read is length-delimited. */
  public void expectBytes() throws MalformedProfileException {
    if (wireType != BYTES) {
      throw wrong("field " + field + " has the wrong wire type");
    }
  }

  /** Passes over a field that is not wanted; nothing to do for {@link #BYTES}. */
  public void skip() throws MalformedProfileException {
    switch (wireType) {
      case VARINT -> varint();
      case FIXED64 -> advance(8);
      case FIXED32 -> advance(4);
      case BYTES -> {}
      default -> throw wrong("unknown wire type " + wireType);
    }
  }

  public long varint() throws MalformedProfileException {
    int at = position;
    if (at < limit && data[at] >= 0) {
      position = at + 1;
      return data[at];
    }
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (at >= limit) {
        throw wrong("it ends in the middle of a number");
      }
      byte b = data[at++];
      value |= (b & 0x7fL) << shift;
      if (b >= 0) {
        position = at;
        return value;
      }
    }
    throw wrong("a number is too long");
  }

  /** Little-endian; no field, just the bytes. */
  public long fixed64() throws MalformedProfileException {
    int at = position;
    advance(Long.BYTES);
    long value = 0;
    for (int i = Long.BYTES - 1; i >= 0; i--) {
      value = value << 8 | data[at + i] & 0xff;
    }
    return value;
  }

  public int position() {
    return position;
  }

  public boolean atEnd() {
    return position >= limit;
  }

  public void advance(int bytes) throws MalformedProfileException {
    if (limit - position < bytes) {
      throw wrong("it ends in the middle of a field");
    }
    position += bytes;
  }

  private MalformedProfileException wrong(String what) {
    return new MalformedProfileException(complaint + what);
  }

  public static MalformedProfileException malformed(String what) {
    return new MalformedProfileException(PPROF + what);
  }
}
