package dev.stoker.otlp.decode;

import dev.stoker.otlp.OtlpFields;
import dev.stoker.otlp.PprofNames;
import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.pprof.build.ByteSink;
import dev.stoker.pprof.wire.Cursor;
import dev.stoker.pprof.wire.Growable.Ints;

/**
 * Copies the entries of the dictionary that a profile uses into its pprof, each when it is first
 * used. For one request, on one thread.
 */
final class PprofTables {
  private static final int LOCATION = 4;
  private static final int FUNCTION = 5;

  /** Arrays that an entry is in on its way, each of which may be twice as large as it. */
  private static final long COPIES = 4;

  /** As many as others take of a profile. */
  private static final int MOST = 900_000;

  private final Dictionary dictionary;
  private final Attributes attributes;
  private final Budget budget;
  private final ByteSink out;
  private final ByteSink location = new ByteSink();
  private final ByteSink line = new ByteSink();
  private final ByteSink function = new ByteSink();
  private final Cursor cursor = Wire.cursor();
  private final Cursor lines = Wire.cursor();
  private final PprofStrings strings;
  private final PprofMappings mappings;
  private final Ints indexes = new Ints();
  private final LocalIds locations;
  private final LocalIds functions;

  PprofTables(Dictionary dictionary, Attributes attributes, Budget budget, ByteSink out) {
    this.dictionary = dictionary;
    this.attributes = attributes;
    this.budget = budget;
    this.out = out;
    this.strings = new PprofStrings(dictionary, attributes, budget, out);
    this.mappings = new PprofMappings(dictionary, attributes, strings, out);
    this.locations = new LocalIds(dictionary.locations.size());
    this.functions = new LocalIds(dictionary.functions.size());
  }

  /** Another profile. */
  void begin() {
    strings.begin();
    mappings.begin();
    locations.begin();
    functions.begin();
  }

  PprofStrings strings() {
    return strings;
  }

  /** The id of a location in the pprof. */
  int location(long index) throws MalformedProfileException, OutOfRoomException {
    int at = dictionary.locations.index(index);
    int known = locations.get(at);
    return known > 0 ? known : copy(at);
  }

  private int copy(int at) throws MalformedProfileException, OutOfRoomException {
    if (locations.size() >= MOST || functions.size() >= MOST) {
      throw Wire.wrong("the profile has more than " + MOST + " locations or functions");
    }
    int from = dictionary.locations.start.at[at];
    int to = dictionary.locations.end.at[at];
    budget.read(to - from);
    int id = locations.give(at);
    int mapping = 0;
    long address = 0;
    boolean hasLines = false;
    location.reset();
    indexes.size = 0;
    Pprof.number(location, 1, id);
    cursor.over(dictionary.data, from, to);
    while (cursor.next()) {
      switch (cursor.field()) {
        case OtlpFields.Location.MAPPING -> mapping = mappings.id(cursor.value());
        case OtlpFields.Location.ADDRESS -> address = cursor.value();
        case OtlpFields.Location.LINES -> {
          cursor.expectBytes();
          hasLines |= line(cursor.start(), cursor.end());
        }
        case OtlpFields.Location.ATTRIBUTES -> Indexes.add(cursor, dictionary.data, indexes);
        default -> cursor.skip();
      }
    }
    Pprof.number(location, 3, address);
    Pprof.number(location, 5, isFolded() ? 1 : 0);
    if (mapping > 0) {
      Pprof.number(location, 2, mapping);
      mappings.location(mapping, hasLines);
    }
    out.field(LOCATION, location.bytes, 0, location.size);
    budget.check(out.size);
    return id;
  }

  private boolean isFolded() throws MalformedProfileException {
    for (int i = 0; i < indexes.size; i++) {
      int at = attributes.read(indexes.at[i]);
      if (attributes.isTrue(at) && attributes.isKey(at, PprofNames.FOLDED)) {
        return true;
      }
    }
    return false;
  }

  /** False = it names no function. */
  private boolean line(int from, int to) throws MalformedProfileException, OutOfRoomException {
    int id = 0;
    long number = 0;
    long column = 0;
    lines.over(dictionary.data, from, to);
    while (lines.next()) {
      switch (lines.field()) {
        case OtlpFields.Line.FUNCTION -> id = function(lines.value());
        case OtlpFields.Line.LINE -> number = lines.value();
        case OtlpFields.Line.COLUMN -> column = lines.value();
        default -> lines.skip();
      }
    }
    if (id == 0) {
      return false;
    }
    line.reset();
    Pprof.number(line, 1, id);
    Pprof.number(line, 2, number);
    Pprof.number(line, 3, column);
    location.field(4, line.bytes, 0, line.size);
    budget.check(out.size + COPIES * location.size);
    return true;
  }

  /** 0 = none: the first entry stands for that. */
  private int function(long index) throws MalformedProfileException, OutOfRoomException {
    int at = dictionary.functions.index(index);
    int known = functions.get(at);
    if (at == 0 || known > 0) {
      return known;
    }
    int from = dictionary.functions.start.at[at];
    int to = dictionary.functions.end.at[at];
    budget.read(to - from);
    int id = functions.give(at);
    function.reset();
    Pprof.number(function, 1, id);
    Cursor fields = Wire.over(dictionary.data, from, to);
    while (fields.next()) {
      switch (fields.field()) {
        case OtlpFields.Function.NAME -> string(2, fields);
        case OtlpFields.Function.SYSTEM_NAME -> string(3, fields);
        case OtlpFields.Function.FILE -> string(4, fields);
        case OtlpFields.Function.START_LINE -> Pprof.number(function, 5, fields.value());
        default -> fields.skip();
      }
      budget.check(out.size + COPIES * function.size);
    }
    out.field(FUNCTION, function.bytes, 0, function.size);
    budget.check(out.size);
    return id;
  }

  private void string(int field, Cursor index)
      throws MalformedProfileException, OutOfRoomException {
    Pprof.number(function, field, strings.id(index.value()));
  }

  /** Writes what could not be written before all samples are known. */
  void finish(int samples) throws MalformedProfileException, OutOfRoomException {
    int others = locations.size() + functions.size() + samples;
    if (strings.size() > MOST || strings.size() + others > 2 * MOST) {
      throw Wire.wrong("the profile has more than " + 2 * MOST + " entries");
    }
    mappings.write(budget);
    budget.check(out.size);
  }
}
