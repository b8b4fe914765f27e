package dev.stoker.otlp.encode;

import dev.stoker.otlp.OtlpFields.Dictionary;
import dev.stoker.otlp.OtlpFields.Function;
import dev.stoker.otlp.OtlpFields.Line;
import dev.stoker.otlp.OtlpFields.Location;
import dev.stoker.otlp.OtlpFields.Mapping;
import dev.stoker.otlp.PprofNames;
import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.pprof.build.ByteSink;
import dev.stoker.pprof.wire.Cursor;
import dev.stoker.pprof.wire.ProfileIndex;
import java.util.HashMap;
import java.util.Map;

/**
 * The tables of mappings, locations and functions. In pprof they have ids, in OTLP they go by their
 * place, of which the first is the empty entry: entry i of pprof is at i + 1. One thread.
 */
final class Frames {
  private static final String BUILD_ID = "process.executable.build_id.gnu";

  private final ProfileIndex index;
  private final Attributes attributes;
  private final ByteSink out;
  private final ByteSink entry = new ByteSink();
  private final ByteSink inner = new ByteSink();
  private final ByteSink packed = new ByteSink();
  private final Cursor cursor = new Cursor();
  private final Cursor line = new Cursor();
  private final Map<Long, Integer> mappings = new HashMap<>();

  /**
   * @param index with its functions
   * @param out the dictionary
   */
  Frames(ProfileIndex index, Attributes attributes, ByteSink out) {
    this.index = index;
    this.attributes = attributes;
    this.out = out;
  }

  void write() throws MalformedProfileException {
    Messages.head(out, Dictionary.MAPPINGS, 0);
    for (int i = 0; i < index.mappingStart.size; i++) {
      mapping(i);
    }
    Messages.head(out, Dictionary.FUNCTIONS, 0);
    for (int i = 0; i < index.functionStart.size; i++) {
      function(i);
    }
    Messages.head(out, Dictionary.LOCATIONS, 0);
    for (int i = 0; i < index.locationStart.size; i++) {
      location(i);
    }
    Bound.check(out.size);
  }

  private void mapping(int i) throws MalformedProfileException {
    entry.reset();
    packed.reset();
    cursor.over(index.data, index.mappingStart.at[i], index.mappingEnd.at[i]);
    while (cursor.next()) {
      int field = cursor.field();
      switch (field) {
        case 1 -> mappings.put(cursor.value(), i + 1);
        case 2 -> Messages.number(entry, Mapping.START, cursor.value());
        case 3 -> Messages.number(entry, Mapping.LIMIT, cursor.value());
        case 4 -> Messages.number(entry, Mapping.OFFSET, cursor.value());
        case 5 -> Messages.number(entry, Mapping.FILE, string());
        case 6 -> {
          int buildId = string();
          if (buildId != 0) {
            packed.varint(attributes.text(BUILD_ID, buildId));
          }
        }
        case 7, 8, 9, 10 -> {
          if (cursor.value() != 0) {
            packed.varint(attributes.flag(PprofNames.MAPPING_FLAGS.get(field - 7)));
          }
        }
        default -> cursor.skip();
      }
    }
    Messages.packed(entry, Mapping.ATTRIBUTES, packed);
    Messages.message(out, Dictionary.MAPPINGS, entry);
  }

  private void function(int i) throws MalformedProfileException {
    entry.reset();
    cursor.over(index.data, index.functionStart.at[i], index.functionEnd.at[i]);
    while (cursor.next()) {
      switch (cursor.field()) {
        case 2 -> Messages.number(entry, Function.NAME, string());
        case 3 -> Messages.number(entry, Function.SYSTEM_NAME, string());
        case 4 -> Messages.number(entry, Function.FILE, string());
        case 5 -> Messages.number(entry, Function.START_LINE, cursor.value());
        default -> cursor.skip();
      }
    }
    Messages.message(out, Dictionary.FUNCTIONS, entry);
  }

  private void location(int i) throws MalformedProfileException {
    entry.reset();
    boolean folded = false;
    cursor.over(index.data, index.locationStart.at[i], index.locationEnd.at[i]);
    while (cursor.next()) {
      switch (cursor.field()) {
        case 2 -> Messages.number(entry, Location.MAPPING, mappingIndex(cursor.value()));
        case 3 -> Messages.number(entry, Location.ADDRESS, cursor.value());
        case 4 -> {
          cursor.expectBytes();
          line(cursor.start(), cursor.end());
          Messages.message(entry, Location.LINES, inner);
        }
        case 5 -> folded = cursor.value() != 0;
        default -> cursor.skip();
      }
    }
    if (folded) {
      packed.reset();
      packed.varint(attributes.flag(PprofNames.FOLDED));
      Messages.packed(entry, Location.ATTRIBUTES, packed);
    }
    Messages.message(out, Dictionary.LOCATIONS, entry);
  }

  private void line(int from, int to) throws MalformedProfileException {
    inner.reset();
    line.over(index.data, from, to);
    while (line.next()) {
      switch (line.field()) {
        case 1 -> Messages.number(inner, Line.FUNCTION, functionIndex(line.value()));
        case 2 -> Messages.number(inner, Line.LINE, line.value());
        case 3 -> Messages.number(inner, Line.COLUMN, line.value());
        default -> line.skip();
      }
    }
  }

  private int string() throws MalformedProfileException {
    return index.stringIndex(cursor.value());
  }

  private int mappingIndex(long id) throws MalformedProfileException {
    Integer known = id == 0 ? Integer.valueOf(0) : mappings.get(id);
    if (known == null) {
      throw Cursor.malformed("mapping " + id + " is not in its table");
    }
    return known;
  }

  private int functionIndex(long id) throws MalformedProfileException {
    int known = id == 0 ? -1 : index.functions.index(id);
    if (id != 0 && known < 0) {
      throw Cursor.malformed("function " + id + " is not in its table");
    }
    return known + 1;
  }
}
