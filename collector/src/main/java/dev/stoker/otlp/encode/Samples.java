package dev.stoker.otlp.encode;

import dev.stoker.otlp.OtlpFields.Dictionary;
import dev.stoker.otlp.OtlpFields.Profile;
import dev.stoker.otlp.OtlpFields.Sample;
import dev.stoker.otlp.OtlpFields.Stack;
import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.pprof.build.ByteSink;
import dev.stoker.pprof.wire.Cursor;
import dev.stoker.pprof.wire.ProfileIndex;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The samples, by sample type, and the table of their stacks, each of which is there once. A value
 * of 0 is left out, as it says nothing. One thread.
 */
final class Samples {
  private final ProfileIndex index;
  private final Attributes attributes;
  private final ByteSink dictionary;
  private final ByteSink[] columns;
  private final Map<Locations, Integer> stacks = new HashMap<>();
  private final Cursor cursor = new Cursor();
  private final Cursor inner = new Cursor();
  private final ByteSink locations = new ByteSink();
  private final ByteSink labels = new ByteSink();
  private final ByteSink entry = new ByteSink();
  private final long[] values;
  private int valueCount;
  private long written;

  /** Comparable, so that a map holds up against hashes that collide on purpose. */
  private record Locations(byte[] packed) implements Comparable<Locations> {
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Locations that && Arrays.equals(packed, that.packed);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(packed);
    }

    @Override
    public int compareTo(Locations other) {
      return Arrays.compare(packed, other.packed);
    }
  }

  Samples(ProfileIndex index, Attributes attributes, ByteSink dictionary) {
    this.index = index;
    this.attributes = attributes;
    this.dictionary = dictionary;
    this.columns = new ByteSink[index.typeStart.size];
    Arrays.setAll(columns, ignored -> new ByteSink());
    this.values = new long[columns.length];
  }

  void write() throws MalformedProfileException {
    Messages.head(dictionary, Dictionary.STACKS, 0);
    stacks.put(new Locations(new byte[0]), 0);
    for (int i = 0; i < index.sampleStart.size; i++) {
      read(i);
      write(stack());
      Bound.check(dictionary.size + written);
    }
  }

  private void read(int sample) throws MalformedProfileException {
    valueCount = 0;
    locations.reset();
    labels.reset();
    cursor.over(index.data, index.sampleStart.at[sample], index.sampleEnd.at[sample]);
    while (cursor.next()) {
      switch (cursor.field()) {
        case 1 -> readLocations();
        case 2 -> readValues();
        case 3 -> {
          cursor.expectBytes();
          labels.varint(attributes.label(label()));
        }
        default -> cursor.skip();
      }
    }
    if (valueCount != values.length) {
      throw Cursor.malformed(
          "a sample has " + valueCount + " values for " + values.length + " sample types");
    }
  }

  private void readLocations() throws MalformedProfileException {
    if (cursor.wireType() != Cursor.BYTES) {
      location(cursor.value());
      return;
    }
    inner.over(index.data, cursor.start(), cursor.end());
    while (!inner.atEnd()) {
      location(inner.varint());
    }
  }

  private void location(long id) throws MalformedProfileException {
    int at = index.locations.index(id);
    if (at < 0) {
      throw Cursor.malformed("location " + id + " is not in its table");
    }
    locations.varint(at + 1);
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

  private Attributes.Label label() throws MalformedProfileException {
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
    return new Attributes.Label(
        index.stringIndex(key),
        index.stringIndex(text),
        text == 0 ? number : 0,
        index.stringIndex(unit));
  }

  private int stack() {
    Locations key = new Locations(Arrays.copyOf(locations.bytes, locations.size));
    Integer known = stacks.putIfAbsent(key, stacks.size());
    if (known != null) {
      return known;
    }
    entry.reset();
    Messages.packed(entry, Stack.LOCATIONS, locations);
    Messages.message(dictionary, Dictionary.STACKS, entry);
    return stacks.size() - 1;
  }

  private void write(int stack) {
    for (int type = 0; type < columns.length; type++) {
      if (values[type] != 0) {
        entry.reset();
        Messages.number(entry, Sample.STACK, stack);
        Messages.packed(entry, Sample.ATTRIBUTES, labels);
        Messages.head(entry, Sample.VALUES, ByteSink.varintSize(values[type]));
        entry.varint(values[type]);
        int before = columns[type].size;
        Messages.message(columns[type], Profile.SAMPLES, entry);
        written += columns[type].size - before;
      }
    }
  }

  /** The samples of a type, as fields of its profile. */
  ByteSink of(int type) {
    return columns[type];
  }
}
