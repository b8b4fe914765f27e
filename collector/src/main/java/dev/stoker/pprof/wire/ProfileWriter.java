package dev.stoker.pprof.wire;

import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.pprof.build.ByteSink;
import dev.stoker.pprof.wire.Growable.Ints;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Writes chosen samples of an indexed profile, and of its tables only the entries that those
 * samples use: a location, function or string that nothing refers to is left out (strings stay as
 * empty entries, so that indexes hold). Entries are copied as they stand, not decoded. One thread.
 */
public final class ProfileWriter {
  private final ByteSink out = new ByteSink();
  private final ByteSink packed = new ByteSink();
  private final Cursor cursor = new Cursor();
  private final Cursor inner = new Cursor();
  private final Cursor line = new Cursor();
  private boolean[] locations = new boolean[0];
  private boolean[] functions = new boolean[0];
  private boolean[] strings = new boolean[0];
  private ProfileIndex index = new ProfileIndex();
  private final List<byte[]> texts = new ArrayList<>();
  private KeptTypes.Columns kept = new KeptTypes.Columns(new boolean[0], 0);

  /**
   * @param columns which sample types are written; their values come to {@link #sample} alone
   */
  public void begin(ProfileIndex profile, KeptTypes.Columns columns)
      throws MalformedProfileException {
    index = profile;
    kept = columns;
    out.reset();
    texts.clear();
    locations = cleared(locations, index.locationStart.size);
    functions = cleared(functions, index.functionStart.size);
    strings = cleared(strings, index.stringStart.size);
    header();
  }

  /** Everything that is no sample, table entry or time. */
  private void header() throws MalformedProfileException {
    cursor.over(index.data, 0, index.length);
    int from = 0;
    int type = 0;
    while (cursor.next()) {
      int field = cursor.field();
      if (field == ProfileIndex.SAMPLE_TYPE && !kept.keep()[type++]) {
        from = cursor.position();
        continue;
      }
      switch (field) {
        case ProfileIndex.SAMPLE,
            ProfileIndex.LOCATION,
            ProfileIndex.FUNCTION,
            ProfileIndex.STRING -> {}
        case ProfileIndex.TIME, ProfileIndex.DURATION -> cursor.value();
        case ProfileIndex.DEFAULT_TYPE -> {
          long name = cursor.value();
          if (isKept(name)) {
            string(name);
            out.copy(index.data, from, cursor.position());
          }
        }
        default -> {
          use(field);
          out.copy(index.data, from, cursor.position());
        }
      }
      from = cursor.position();
    }
  }

  /** A default type that is not there any more would mislead readers. */
  private boolean isKept(long name) throws MalformedProfileException {
    if (kept.count() == kept.keep().length) {
      return true;
    }
    String wanted = index.string(index.stringIndex(name));
    for (int i = 0; i < kept.keep().length; i++) {
      if (kept.keep()[i] && wanted.equals(typeName(i))) {
        return true;
      }
    }
    return false;
  }

  private String typeName(int type) throws MalformedProfileException {
    String name = "";
    inner.over(index.data, index.typeStart.at[type], index.typeEnd.at[type]);
    while (inner.next()) {
      if (inner.field() == 1) {
        name = index.string(index.stringIndex(inner.value()));
      } else {
        inner.skip();
      }
    }
    return name;
  }

  /** Marks the strings that a copied field names: 7, 8, 13, 15 are string indexes themselves. */
  private void use(int field) throws MalformedProfileException {
    if (cursor.wireType() == Cursor.BYTES) {
      inner.over(index.data, cursor.start(), cursor.end());
      boolean valueType = field == ProfileIndex.SAMPLE_TYPE || field == 11;
      if (field == 13) {
        while (!inner.atEnd()) {
          string(inner.varint());
        }
      } else if (valueType) {
        markStrings(1, 2);
      } else if (field == ProfileIndex.MAPPING) {
        markStrings(5, 6);
      }
    } else if (field == 7 || field == 8 || field == 13 || field == 15) {
      string(cursor.value());
    } else {
      cursor.skip();
    }
  }

  private void markStrings(int first, int last) throws MalformedProfileException {
    while (inner.next()) {
      if (inner.field() >= first && inner.field() <= last) {
        string(inner.value());
      } else {
        inner.skip();
      }
    }
  }

  /** One sample with other values; its stack and labels as they stand. */
  public void sample(int sample, long[] values, int count) throws MalformedProfileException {
    packed.reset();
    inner.over(index.data, index.sampleStart.at[sample], index.sampleEnd.at[sample]);
    int from = inner.position();
    while (inner.next()) {
      switch (inner.field()) {
        case 1 -> useLocations();
        case 2 -> inner.skip();
        case 3 -> useLabel(index.data);
        default -> inner.skip();
      }
      if (inner.field() != 2) {
        packed.copy(index.data, from, inner.position());
      }
      from = inner.position();
    }
    int valuesAt = packed.size;
    for (int i = 0; i < count; i++) {
      packed.varint(values[i]);
    }
    int valueBytes = packed.size - valuesAt;
    out.tag(ProfileIndex.SAMPLE, Cursor.BYTES);
    out.varint(valuesAt + 1 + ByteSink.varintSize(valueBytes) + valueBytes);
    out.copy(packed.bytes, 0, valuesAt);
    out.field(2, packed.bytes, valuesAt, packed.size);
  }

  /**
   * One sample, put together anew.
   *
   * @param stack location ids, packed
   * @param labels written out, with strings that came from {@link #text}
   * @param numbers the labels without a text, written out, with strings of the profile's own table
   */
  public void sample(byte[] stack, byte[] labels, byte[] numbers, long[] values)
      throws MalformedProfileException {
    packed.reset();
    inner.over(stack, 0, stack.length);
    while (!inner.atEnd()) {
      useLocation(inner.varint());
    }
    packed.field(1, stack, 0, stack.length);
    packed.copy(labels, 0, labels.length);
    inner.over(numbers, 0, numbers.length);
    while (inner.next()) {
      useLabel(numbers);
    }
    packed.copy(numbers, 0, numbers.length);
    int valueBytes = 0;
    for (long value : values) {
      valueBytes += ByteSink.varintSize(value);
    }
    packed.tag(2, Cursor.BYTES);
    packed.varint(valueBytes);
    for (long value : values) {
      packed.varint(value);
    }
    out.field(ProfileIndex.SAMPLE, packed.bytes, 0, packed.size);
  }

  /** The index of a string that is added to the profile's table. */
  public int text(String added) {
    texts.add(added.getBytes(StandardCharsets.UTF_8));
    return index.stringStart.size + texts.size() - 1;
  }

  private void useLocation(long id) {
    int location = index.locations.index(id);
    if (location >= 0) {
      locations[location] = true;
    }
  }

  private void useLocations() throws MalformedProfileException {
    if (inner.wireType() == Cursor.BYTES) {
      line.over(index.data, inner.start(), inner.end());
      while (!line.atEnd()) {
        useLocation(line.varint());
      }
    } else {
      useLocation(inner.value());
    }
  }

  private void useLabel(byte[] data) throws MalformedProfileException {
    line.over(data, inner.start(), inner.end());
    while (line.next()) {
      if (line.field() == 1 || line.field() == 2 || line.field() == 4) {
        string(line.value());
      } else {
        line.skip();
      }
    }
  }

  public byte[] finish(long timeNanos, long durationNanos, Workspace workspace)
      throws MalformedProfileException {
    index.readFunctions();
    table(ProfileIndex.LOCATION, locations, index.locationStart, index.locationEnd);
    table(ProfileIndex.FUNCTION, functions, index.functionStart, index.functionEnd);
    strings[0] = false;
    for (int i = 0; i < index.stringStart.size; i++) {
      int start = index.stringStart.at[i];
      out.field(ProfileIndex.STRING, index.data, start, strings[i] ? index.stringEnd.at[i] : start);
    }
    for (byte[] text : texts) {
      out.field(ProfileIndex.STRING, text, 0, text.length);
    }
    out.tag(ProfileIndex.TIME, Cursor.VARINT);
    out.varint(timeNanos);
    out.tag(ProfileIndex.DURATION, Cursor.VARINT);
    out.varint(durationNanos);
    return workspace.gzip(out);
  }

  private void table(int field, boolean[] used, Ints start, Ints end)
      throws MalformedProfileException {
    for (int i = 0; i < start.size; i++) {
      if (used[i]) {
        out.field(field, index.data, start.at[i], end.at[i]);
        inner.over(index.data, start.at[i], end.at[i]);
        if (field == ProfileIndex.LOCATION) {
          useLines();
        } else {
          markStrings(2, 4);
        }
      }
    }
  }

  private void useLines() throws MalformedProfileException {
    while (inner.next()) {
      if (inner.field() != 4 || inner.wireType() != Cursor.BYTES) {
        inner.skip();
        continue;
      }
      line.over(index.data, inner.start(), inner.end());
      while (line.next()) {
        if (line.field() == 1) {
          int function = index.functions.index(line.value());
          if (function >= 0) {
            functions[function] = true;
          }
        } else {
          line.skip();
        }
      }
    }
  }

  private void string(long at) throws MalformedProfileException {
    strings[index.stringIndex(at)] = true;
  }

  private static boolean[] cleared(boolean[] marks, int size) {
    if (marks.length < size) {
      return new boolean[size + size / 2];
    }
    Arrays.fill(marks, 0, size, false);
    return marks;
  }
}
