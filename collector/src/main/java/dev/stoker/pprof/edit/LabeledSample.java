package dev.stoker.pprof.edit;

import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.pprof.build.ByteSink;
import dev.stoker.pprof.wire.Cursor;
import dev.stoker.pprof.wire.Growable.Ints;
import dev.stoker.pprof.wire.ProfileIndex;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads one sample at a time: its stack, its values, and its labels as numbers of different ones.
 * Used again for the next sample; one thread.
 */
final class LabeledSample {
  private final ProfileIndex index;
  private final Cursor cursor = new Cursor();
  private final Cursor inner = new Cursor();
  private final Map<Long, Integer> idOfPair = new HashMap<>();
  private final Map<Label, Integer> idOfLabel = new HashMap<>();
  private final List<Label> labels = new ArrayList<>();
  private final Ints ids = new Ints();
  private final ByteSink stack = new ByteSink();
  private final ByteSink numbers = new ByteSink();
  private long[] values = new long[0];
  private int valueCount;

  LabeledSample(ProfileIndex index) {
    this.index = index;
  }

  void read(int sample, int width) throws MalformedProfileException {
    if (values.length != width) {
      values = new long[width];
    }
    valueCount = 0;
    ids.size = 0;
    stack.reset();
    numbers.reset();
    cursor.over(index.data, index.sampleStart.at[sample], index.sampleEnd.at[sample]);
    while (cursor.next()) {
      switch (cursor.field()) {
        case 1 -> readStack();
        case 2 -> readValues();
        case 3 -> {
          cursor.expectBytes();
          readLabel();
        }
        default -> cursor.skip();
      }
    }
    if (valueCount != width) {
      throw Cursor.malformed(
          "a sample has " + valueCount + " values for " + width + " sample types");
    }
  }

  private void readStack() throws MalformedProfileException {
    if (cursor.wireType() != Cursor.BYTES) {
      stack.varint(cursor.value());
      return;
    }
    inner.over(index.data, cursor.start(), cursor.end());
    while (!inner.atEnd()) {
      stack.varint(inner.varint());
    }
  }

  private void readValues() throws MalformedProfileException {
    if (cursor.wireType() != Cursor.BYTES) {
      value(cursor.value());
      return;
    }
    inner.over(index.data, cursor.start(), cursor.end());
    while (!inner.atEnd()) {
      value(inner.varint());
    }
  }

  private void value(long value) {
    if (valueCount < values.length) {
      values[valueCount] = value;
    }
    valueCount++;
  }

  private void readLabel() throws MalformedProfileException {
    long key = 0;
    long text = 0;
    long number = 0;
    long unit = 0;
    inner.over(index.data, cursor.start(), cursor.end());
    while (inner.next()) {
      switch (inner.field()) {
        case 1 -> key = inner.value();
        case 2 -> text = inner.value();
        case 3 -> number = inner.value();
        case 4 -> unit = inner.value();
        default -> inner.skip();
      }
    }
    if (text != 0) {
      ids.add(id(index.stringIndex(key), index.stringIndex(text)));
    } else {
      number(index.stringIndex(key), number, index.stringIndex(unit));
    }
  }

  /** Equal labels have one number, also where a string stands twice in the table. */
  private int id(int key, int text) {
    long pair = (long) key << 32 | text;
    Integer known = idOfPair.get(pair);
    if (known == null) {
      Label label = new Label(index.string(key), index.string(text));
      known = idOfLabel.computeIfAbsent(label, ignored -> labels.size());
      if (known == labels.size()) {
        labels.add(label);
      }
      idOfPair.put(pair, known);
    }
    return known;
  }

  private void number(int key, long number, int unit) {
    int size = 1 + ByteSink.varintSize(key);
    size += number == 0 ? 0 : 1 + ByteSink.varintSize(number);
    size += unit == 0 ? 0 : 1 + ByteSink.varintSize(unit);
    numbers.tag(3, Cursor.BYTES);
    numbers.varint(size);
    field(1, key);
    if (number != 0) {
      field(3, number);
    }
    if (unit != 0) {
      field(4, unit);
    }
  }

  private void field(int field, long value) {
    numbers.tag(field, Cursor.VARINT);
    numbers.varint(value);
  }

  /** Numbers of the sample's text labels. */
  int[] labelIds() {
    return Arrays.copyOf(ids.at, ids.size);
  }

  Label label(int id) {
    return labels.get(id);
  }

  /** One for each sample type. */
  long[] values() {
    return values;
  }

  /** Location ids, packed. */
  byte[] stack() {
    return Arrays.copyOf(stack.bytes, stack.size);
  }

  /** The sample's labels with numbers, as protobuf bytes. */
  byte[] numbers() {
    return Arrays.copyOf(numbers.bytes, numbers.size);
  }
}
