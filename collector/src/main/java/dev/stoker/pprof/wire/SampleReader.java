package dev.stoker.pprof.wire;

import dev.stoker.pprof.MalformedProfileException;

/**
 * Reads one sample at a time: its identity and its values. Used again for the next sample; one
 * thread.
 */
public final class SampleReader {
  private final StackHasher hasher;
  private final Cursor cursor = new Cursor();
  private final Cursor packed = new Cursor();
  private long[] values = new long[8];
  private int valueCount;
  private long hash;

  SampleReader(StackHasher hasher) {
    this.hasher = hasher;
  }

  public void read(ProfileIndex index, int sample, int width) throws MalformedProfileException {
    long stack = StackHasher.start();
    long labels = 0;
    valueCount = 0;
    cursor.over(index.data, index.sampleStart.at[sample], index.sampleEnd.at[sample]);
    while (cursor.next()) {
      switch (cursor.field()) {
        case 1 -> stack = locations(index, stack);
        case 2 -> values(index);
        case 3 -> {
          cursor.expectBytes();
          labels += hasher.label(cursor.start(), cursor.end());
        }
        default -> cursor.skip();
      }
    }
    if (valueCount != width) {
      throw Cursor.malformed(
          "a sample has " + valueCount + " values for " + width + " sample types");
    }
    hash = StackHasher.mix(stack + labels);
  }

  private long locations(ProfileIndex index, long before) throws MalformedProfileException {
    if (cursor.wireType() != Cursor.BYTES) {
      return hasher.push(before, cursor.value());
    }
    long stack = before;
    packed.over(index.data, cursor.start(), cursor.end());
    while (!packed.atEnd()) {
      stack = hasher.push(stack, packed.varint());
    }
    return stack;
  }

  private void values(ProfileIndex index) throws MalformedProfileException {
    if (cursor.wireType() != Cursor.BYTES) {
      value(cursor.value());
      return;
    }
    packed.over(index.data, cursor.start(), cursor.end());
    while (!packed.atEnd()) {
      value(packed.varint());
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
