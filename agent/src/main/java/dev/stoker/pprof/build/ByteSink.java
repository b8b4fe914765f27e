package dev.stoker.pprof.build;

import java.util.Arrays;

/** A growing array with protobuf's writing half; used again. Not thread-safe. */
public final class ByteSink {
  private static final int BYTES = 2;

  /** The largest array that every JVM has. */
  private static final int MOST = Integer.MAX_VALUE - 8;

  /** Valid up to {@link #size}; another array after it has grown. */
  public byte[] bytes = new byte[16 << 10];

  public int size;

  private final int doubled;

  public ByteSink() {
    this(MOST);
  }

  /**
   * @param doubled bytes up to which the array doubles; beyond them it only takes what it needs
   */
  public ByteSink(long doubled) {
    this.doubled = (int) Math.min(MOST, doubled);
  }

  public void reset() {
    size = 0;
  }

  public void varint(long value) {
    room(10);
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      bytes[size++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[size++] = (byte) rest;
  }

  /** Little-endian. */
  public void fixed64(long value) {
    room(Long.BYTES);
    for (int i = 0; i < Long.BYTES; i++) {
      bytes[size++] = (byte) (value >>> (8 * i));
    }
  }

  public void tag(int field, int wireType) {
    varint((long) field << 3 | wireType);
  }

  public void copy(byte[] source, int from, int to) {
    room(to - from);
    System.arraycopy(source, from, bytes, size, to - from);
    size += to - from;
  }

  /** A length-delimited field. */
  public void field(int field, byte[] source, int from, int to) {
    tag(field, BYTES);
    varint(to - from);
    copy(source, from, to);
  }

  public static int varintSize(long value) {
    return (70 - Long.numberOfLeadingZeros(value | 1)) / 7;
  }

  private void room(int more) {
    if (bytes.length - size < more) {
      long least = (long) size + more;
      if (least > MOST) {
        throw new IllegalStateException("a message would have " + least + " bytes, past any array");
      }
      bytes = Arrays.copyOf(bytes, (int) Math.max(least, Math.min(doubled, bytes.length * 2L)));
    }
  }
}
