package dev.stoker.pprof.wire;

import dev.stoker.pprof.MalformedProfileException;

/**
 * Reads one sample at a time: its identity and its values. Used again for the next sample; one
 * thread.
 */
public final class SampleReader {
  private static final int LOCATIONS = 1 << 3 | Cursor.BYTES;
  private static final int VALUE = 2 << 3;
  private static final int VALUES = 2 << 3 | Cursor.BYTES;
  private static final int LABEL = 3 << 3 | Cursor.BYTES;

  private final StackHasher hasher;
  private final Cursor cursor = new Cursor();
  private long[] values = new long[8];
  private int valueCount;
  private long stack;
  private long labels;
  private long hash;

  SampleReader(StackHasher hasher) {
    this.hasher = hasher;
  }

  public void read(ProfileIndex index, int sample, int width) throws MalformedProfileException {
    byte[] bytes = index.data;
    int limit = index.sampleEnd.at[sample];
    int at = index.sampleStart.at[sample];
    stack = StackHasher.start();
    labels = 0;
    valueCount = 0;
    while (at < limit) {
      int end = Varints.fieldEnd(bytes, at, limit);
      switch (end < 0 ? 0 : bytes[at]) {
        case LOCATIONS -> stack = hasher.push(stack, Varints.content(bytes, at), end);
        case VALUES -> values(bytes, Varints.content(bytes, at), end);
        case VALUE -> value(Varints.value(bytes, at + 1, end));
        case LABEL -> labels += hasher.label(Varints.content(bytes, at), end);
        default -> end = field(bytes, at, limit);
      }
      at = end;
    }
    if (valueCount != width) {
      throw Cursor.malformed(
          "a sample has " + valueCount + " values for " + width + " sample types");
    }
    hash = StackHasher.mix(stack + labels);
  }

  /** Any field; returns its end. */
  private int field(byte[] bytes, int at, int limit) throws MalformedProfileException {
    cursor.over(bytes, at, limit);
    cursor.next();
    boolean packed = cursor.wireType() == Cursor.BYTES;
    switch (cursor.field()) {
      case 1 ->
          stack =
              packed
                  ? hasher.push(stack, cursor.start(), cursor.end())
                  : hasher.push(stack, cursor.value());
      case 2 -> {
        if (packed) {
          values(bytes, cursor.start(), cursor.end());
        } else {
          value(cursor.value());
        }
      }
      case 3 -> {
        cursor.expectBytes();
        labels += hasher.label(cursor.start(), cursor.end());
      }
      default -> cursor.skip();
    }
    return cursor.position();
  }

  private void values(byte[] bytes, int from, int to) throws MalformedProfileException {
    int at = from;
    while (at < to) {
      long value = bytes[at];
      int end = at + 1;
      if (value < 0) {
        end = Varints.end(bytes, at, to);
        value = Varints.value(bytes, at, end);
      }
      if (valueCount < values.length) {
        values[valueCount++] = value;
      } else {
        value(value);
      }
      at = end;
    }
  }

  private void value(long value) throws MalformedProfileException {
    if (valueCount == values.length) {
      if (valueCount > 64) {
        throw Cursor.malformed("a sample has more than 64 values");
      }
      values = java.util.Arrays.copyOf(values, valueCount * 2);
    }
    values[valueCount++] = value;
  }

  public long hash() {
    return hash;
  }

  public long[] values() {
    return values;
  }
}
