package dev.stoker.pprof.wire;

import dev.stoker.pprof.MalformedProfileException;

/**
 * Finds the way through protobuf's fields by offsets, for the loops that go over each byte of a
 * body. It knows the forms that nearly all writers use; where it says {@link #UNUSUAL}, a {@link
 * Cursor} reads on, and says what is wrong.
 */
final class Varints {
  static final int UNUSUAL = -1;

  /** Bytes of the longest number. */
  private static final int LONGEST = 10;

  /**
   * Where a field ends that has a tag of one byte and is a number, or has a length of one or two
   * bytes.
   *
   * @param at offset of the tag
   * @param limit the field must end there or before
   */
  static int fieldEnd(byte[] bytes, int at, int limit) {
    int tag = bytes[at];
    int kind = tag & 7;
    if (tag < 1 << 3 || kind != Cursor.VARINT) {
      return kind == Cursor.BYTES && tag >= 1 << 3 ? contentEnd(bytes, at, limit) : UNUSUAL;
    }
    int end = at + 1;
    int stop = Math.min(limit, end + LONGEST);
    while (end < stop) {
      if (bytes[end++] >= 0) {
        return end;
      }
    }
    return UNUSUAL;
  }

  /** Where a length-delimited field ends, of which the tag was looked at already. */
  static int contentEnd(byte[] bytes, int at, int limit) {
    if (at + 2 >= limit) {
      return UNUSUAL;
    }
    int length = bytes[at + 1];
    int from = at + 2;
    if (length < 0) {
      int high = bytes[from++];
      if (high < 0) {
        return UNUSUAL;
      }
      length = length & 0x7f | high << 7;
    }
    return length <= limit - from ? from + length : UNUSUAL;
  }

  /** Where the content of a length-delimited field begins whose end was found. */
  static int content(byte[] bytes, int at) {
    return bytes[at + 1] >= 0 ? at + 2 : at + 3;
  }

  /** The number between two offsets. */
  static long value(byte[] bytes, int from, int end) {
    int last = end - 1;
    long value = bytes[last];
    while (last > from) {
      value = value << 7 | bytes[--last] & 0x7f;
    }
    return value;
  }

  /**
   * Where a number ends.
   *
   * @throws MalformedProfileException it does not end before the limit, or is too long
   */
  static int end(byte[] bytes, int from, int limit) throws MalformedProfileException {
    int at = from;
    int stop = Math.min(limit, from + LONGEST);
    while (at < stop) {
      if (bytes[at++] >= 0) {
        return at;
      }
    }
    throw Cursor.malformed(
        stop == limit ? "it ends in the middle of a number" : "a number is too long");
  }

  private Varints() {}
}
