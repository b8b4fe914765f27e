package dev.stoker.codec;

import java.util.Arrays;

/**
 * Bits as deflate packs them, from the lowest of each byte on (RFC 1951, 3.1.1). Who writes makes
 * room before. One thread.
 */
final class BitSink {
  private byte[] bytes;
  private int size;

  /** Bits that are not in the array yet, and how many they are: below 32 between two calls. */
  private long rest;

  private int restBits;

  /**
   * @param expected bytes
   */
  BitSink(int expected) {
    bytes = new byte[expected];
  }

  /** Makes room for so many bytes, and for what is not in the array yet. */
  void room(int more) {
    int needed = size + more + Long.BYTES;
    if (bytes.length < needed) {
      bytes = Arrays.copyOf(bytes, Math.max(needed, bytes.length + bytes.length / 2));
    }
  }

  /**
   * @param bits at most 31; there are no others in the value
   */
  void write(int value, int bits) {
    rest |= (long) value << restBits;
    restBits += bits;
    if (restBits >= 32) {
      four(bytes, size, (int) rest);
      size += 4;
      rest >>>= 32;
      restBits -= 32;
    }
  }

  /**
   * Writes the code of each byte. This loop goes over all that is no part of a match.
   *
   * @param codes as a {@link HuffmanCode} has them
   */
  void write(int[] codes, byte[] in, int from, int to) {
    byte[] out = bytes;
    int next = size;
    long waiting = rest;
    int bits = restBits;
    int at = from;
    while (at < to) {
      int code = codes[in[at++] & 0xff];
      waiting |= (long) (code >>> 4) << bits;
      bits += code & 15;
      if (at < to) { // there is room for a second one before bits must go
        code = codes[in[at++] & 0xff];
        waiting |= (long) (code >>> 4) << bits;
        bits += code & 15;
      }
      if (bits >= 32) {
        four(out, next, (int) waiting);
        next += 4;
        waiting >>>= 32;
        bits -= 32;
      }
    }
    size = next;
    rest = waiting;
    restBits = bits;
  }

  private static void four(byte[] bytes, int at, int value) {
    bytes[at] = (byte) value;
    bytes[at + 1] = (byte) (value >> 8);
    bytes[at + 2] = (byte) (value >> 16);
    bytes[at + 3] = (byte) (value >> 24);
  }

  /** Fills the last byte with zeros. */
  void align() {
    for (; restBits > 0; restBits -= 8) {
      bytes[size++] = (byte) rest;
      rest >>>= 8;
    }
    restBits = 0;
    rest = 0;
  }

  /** Whole bytes, after {@link #align}. */
  void copy(byte[] source, int from, int to) {
    System.arraycopy(source, from, bytes, size, to - from);
    size += to - from;
  }

  /** All whole bytes, after {@link #align}; the caller's own. */
  byte[] toByteArray() {
    return Arrays.copyOf(bytes, size);
  }
}
