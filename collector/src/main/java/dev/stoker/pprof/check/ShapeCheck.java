package dev.stoker.pprof.check;

import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.pprof.build.ByteSink;
import dev.stoker.pprof.wire.Cursor;
import dev.stoker.pprof.wire.Growable.Longs;
import dev.stoker.pprof.wire.IdMap;
import dev.stoker.pprof.wire.ProfileIndex;
import dev.stoker.pprof.wire.TimeStamp;
import dev.stoker.pprof.wire.Workspace;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;

/**
 * Checks everything in a profile that a Pyroscope refuses, or takes and silently stores nothing of:
 * ids that nothing has, indexes beyond the string table, samples with too few values, strings that
 * are not UTF-8. A fault that has one right answer is corrected. For one body, on one thread.
 */
final class ShapeCheck {
  private final ProfileIndex index;
  private final Cursor cursor = new Cursor();
  private final Cursor inner = new Cursor();
  private final IdMap mappings = new IdMap();
  private boolean unknownMappings;
  private boolean brokenText;

  ShapeCheck(ProfileIndex index) {
    this.index = index;
  }

  /**
   * @throws MalformedProfileException what is wrong and cannot be mended
   */
  void check() throws MalformedProfileException {
    for (int i = 0; i < index.stringStart.size; i++) {
      brokenText |= !isText(index.stringStart.at[i], index.stringEnd.at[i]);
    }
    for (int i = 0; i < index.typeStart.size; i++) {
      names("sample type", 1, 2, index.typeStart.at[i], index.typeEnd.at[i]);
    }
    if (index.periodTypeEnd >= 0) {
      names("period type", 1, 2, index.periodTypeStart, index.periodTypeEnd);
    }
    mappings();
    index.readFunctions();
    for (int i = 0; i < index.functionStart.size; i++) {
      names("function", 2, 4, index.functionStart.at[i], index.functionEnd.at[i]);
    }
    for (int i = 0; i < index.locationStart.size; i++) {
      location(i);
    }
    for (int i = 0; i < index.sampleStart.size; i++) {
      sample(i);
    }
  }

  private void mappings() throws MalformedProfileException {
    Longs ids = new Longs();
    for (int i = 0; i < index.mappingStart.size; i++) {
      names("mapping", 5, 6, index.mappingStart.at[i], index.mappingEnd.at[i]);
      long id = number(1, index.mappingStart.at[i], index.mappingEnd.at[i]);
      if (id != 0) {
        ids.add(id);
      }
    }
    mappings.build(ids);
  }

  /** The fields from the first to the last are indexes of strings. */
  private void names(String what, int first, int last, int from, int to)
      throws MalformedProfileException {
    cursor.over(index.data, from, to);
    while (cursor.next()) {
      if (cursor.field() >= first && cursor.field() <= last) {
        string(what, cursor.value());
      } else {
        cursor.skip();
      }
    }
  }

  private void string(String what, long at) throws MalformedProfileException {
    if (at < 0 || at >= index.stringStart.size) {
      throw Cursor.malformed(
          "a "
              + what
              + " names string "
              + at
              + ", but its table has "
              + index.stringStart.size
              + " strings");
    }
  }

  private long number(int field, int from, int to) throws MalformedProfileException {
    long number = 0;
    cursor.over(index.data, from, to);
    while (cursor.next()) {
      if (cursor.field() == field) {
        number = cursor.value();
      } else {
        cursor.skip();
      }
    }
    return number;
  }

  private void location(int location) throws MalformedProfileException {
    unknownMappings |= hasUnknownMapping(location);
    cursor.over(index.data, index.locationStart.at[location], index.locationEnd.at[location]);
    while (cursor.next()) {
      if (cursor.field() != 4) {
        cursor.skip();
        continue;
      }
      cursor.expectBytes();
      long function = function(cursor.start(), cursor.end());
      if (index.functions.index(function) < 0) {
        throw Cursor.malformed(
            "location "
                + index.locationId.at[location]
                + " names function "
                + function
                + ", which does not exist");
      }
    }
  }

  private long function(int from, int to) throws MalformedProfileException {
    long function = 0;
    inner.over(index.data, from, to);
    while (inner.next()) {
      if (inner.field() == 1) {
        function = inner.value();
      } else {
        inner.skip();
      }
    }
    return function;
  }

  private boolean hasUnknownMapping(int location) throws MalformedProfileException {
    long mapping = number(2, index.locationStart.at[location], index.locationEnd.at[location]);
    return mapping != 0 && mappings.index(mapping) < 0;
  }

  private void sample(int sample) throws MalformedProfileException {
    int values = 0;
    cursor.over(index.data, index.sampleStart.at[sample], index.sampleEnd.at[sample]);
    while (cursor.next()) {
      boolean packed = cursor.wireType() == Cursor.BYTES;
      if (packed) {
        inner.over(index.data, cursor.start(), cursor.end());
      }
      switch (cursor.field()) {
        case 1 -> {
          if (packed) {
            while (!inner.atEnd()) {
              known(inner.varint());
            }
          } else {
            known(cursor.value());
          }
        }
        case 2 -> {
          if (packed) {
            for (; !inner.atEnd(); values++) {
              inner.varint();
            }
          } else {
            cursor.value();
            values++;
          }
        }
        case 3 -> {
          cursor.expectBytes();
          label();
        }
        default -> cursor.skip();
      }
    }
    if (values != index.typeStart.size) {
      throw Cursor.malformed(
          "a sample has " + values + " values for " + index.typeStart.size + " sample types");
    }
  }

  private void known(long location) throws MalformedProfileException {
    if (index.locations.index(location) < 0) {
      throw Cursor.malformed("a sample names location " + location + ", which does not exist");
    }
  }

  private void label() throws MalformedProfileException {
    while (inner.next()) {
      switch (inner.field()) {
        case 1, 2, 4 -> string("label", inner.value());
        default -> inner.skip();
      }
    }
  }

  private boolean isText(int from, int to) {
    int at = from;
    while (at < to && index.data[at] >= 0) {
      at++;
    }
    if (at == to) {
      return true;
    }
    String text = new String(index.data, from, to - from, StandardCharsets.UTF_8);
    return text.indexOf('\ufffd') < 0
        || Arrays.equals(
            text.getBytes(StandardCharsets.UTF_8), Arrays.copyOfRange(index.data, from, to));
  }

  /** The corrections that {@link #mended} makes. */
  Set<Mend> mends() {
    Set<Mend> mends = EnumSet.noneOf(Mend.class);
    if (unknownMappings) {
      mends.add(Mend.MAPPING);
    }
    if (brokenText) {
      mends.add(Mend.TEXT);
    }
    if (index.periodTypeEnd < 0) {
      mends.add(Mend.PERIOD_TYPE);
    }
    return mends;
  }

  /** The profile with what can be mended mended. */
  byte[] mended(byte[] body, Workspace workspace) throws MalformedProfileException {
    if (!unknownMappings && !brokenText) {
      return index.periodTypeEnd < 0 ? TimeStamp.append(body, emptyPeriodType()) : body;
    }
    ByteSink out = new ByteSink();
    Cursor whole = new Cursor();
    whole.over(index.data, 0, index.length);
    int string = 0;
    int location = 0;
    int from = 0;
    while (whole.next()) {
      whole.skip();
      if (whole.field() == ProfileIndex.STRING) {
        string(out, string++);
      } else if (whole.field() == ProfileIndex.LOCATION) {
        location(out, location++);
      } else {
        out.copy(index.data, from, whole.position());
      }
      from = whole.position();
    }
    if (index.periodTypeEnd < 0) {
      ByteSink field = emptyPeriodType();
      out.copy(field.bytes, 0, field.size);
    }
    return workspace.gzip(out);
  }

  private static ByteSink emptyPeriodType() {
    ByteSink field = new ByteSink();
    field.tag(ProfileIndex.PERIOD_TYPE, Cursor.BYTES);
    field.varint(0);
    return field;
  }

  private void string(ByteSink out, int string) {
    int from = index.stringStart.at[string];
    int to = index.stringEnd.at[string];
    if (isText(from, to)) {
      out.field(ProfileIndex.STRING, index.data, from, to);
      return;
    }
    byte[] text = index.string(string).getBytes(StandardCharsets.UTF_8);
    out.field(ProfileIndex.STRING, text, 0, text.length);
  }

  private void location(ByteSink out, int location) throws MalformedProfileException {
    int start = index.locationStart.at[location];
    int end = index.locationEnd.at[location];
    if (!hasUnknownMapping(location)) {
      out.field(ProfileIndex.LOCATION, index.data, start, end);
      return;
    }
    ByteSink kept = new ByteSink();
    cursor.over(index.data, start, end);
    int from = start;
    while (cursor.next()) {
      cursor.skip();
      if (cursor.field() != 2) {
        kept.copy(index.data, from, cursor.position());
      }
      from = cursor.position();
    }
    out.field(ProfileIndex.LOCATION, kept.bytes, 0, kept.size);
  }
}
