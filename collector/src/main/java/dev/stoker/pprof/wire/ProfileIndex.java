package dev.stoker.pprof.wire;

import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.pprof.wire.Growable.Ints;
import dev.stoker.pprof.wire.Growable.Longs;

/**
 * Offsets of everything in one inflated pprof, instead of objects. One walk over the top-level
 * fields fills it, whatever their order. Used again from profile to profile; keeps no profile alive
 * after {@link #clear}. One thread.
 */
public final class ProfileIndex {
  /** Bounds on hostile bodies; real profiles stay far below (Pyroscope takes 16,000 samples). */
  private static final int MAX_ENTRIES = 1_000_000;

  /** Bound on the entries of all fields together; each takes 8 to 32 bytes. */
  private static final int MAX_IN_ALL = 2_000_000;

  /** Arrays with more entries are not kept for the next profile. */
  private static final int LARGE = 256 << 10;

  /** An id, and a location's address, as what they must not be. */
  private static final int WRONG_ID = 1 << 3 | Cursor.BYTES;

  private static final int WRONG_ADDRESS = 3 << 3 | Cursor.BYTES;

  static final int SAMPLE_TYPE = 1;
  static final int SAMPLE = 2;
  public static final int MAPPING = 3;
  public static final int LOCATION = 4;
  static final int FUNCTION = 5;
  public static final int STRING = 6;
  static final int TIME = 9;
  static final int DURATION = 10;
  public static final int PERIOD_TYPE = 11;
  static final int DEFAULT_TYPE = 14;
  private static final int KNOWN_FIELDS = 14;

  public byte[] data = new byte[0];
  public int length;
  public final Ints typeStart = new Ints();
  public final Ints typeEnd = new Ints();
  public final Ints sampleStart = new Ints();
  public final Ints sampleEnd = new Ints();
  public final Ints mappingStart = new Ints();
  public final Ints mappingEnd = new Ints();
  public final Ints functionStart = new Ints();
  public final Ints functionEnd = new Ints();
  public final Ints stringStart = new Ints();
  public final Ints stringEnd = new Ints();
  public final Ints locationStart = new Ints();
  public final Ints locationEnd = new Ints();
  public final Longs locationId = new Longs();
  public final Longs locationAddress = new Longs();

  /**
   * Fields that are no sample, no entry of a table but of mappings, and no time; with their tags.
   */
  public final Ints otherStart = new Ints();

  public final Ints otherEnd = new Ints();
  private final Longs functionId = new Longs();
  public final IdMap locations = new IdMap();
  public final IdMap functions = new IdMap();
  private int entries;
  public long timeNanos;
  public long durationNanos;

  /** Index of the name of the sample type that tools show first; 0 = the profile does not say. */
  public long defaultType;

  /** Offset of the period type; −1 = the profile has none. */
  public int periodTypeStart = -1;

  public int periodTypeEnd = -1;
  private final Cursor cursor = new Cursor();
  private final Cursor inner = new Cursor();

  public void read(byte[] bytes, int size) throws MalformedProfileException {
    clear();
    data = bytes;
    length = size;
    walk();
    if (typeStart.size == 0) {
      throw Cursor.malformed("it has no sample types");
    }
    if (stringStart.size == 0 || stringStart.at[0] != stringEnd.at[0]) {
      throw Cursor.malformed("its string table does not start with the empty string");
    }
    locations.build(locationId);
  }

  /** This loop goes over tens of thousands of fields in each body. */
  private void walk() throws MalformedProfileException {
    byte[] bytes = data;
    int limit = length;
    int at = 0;
    while (at < limit) {
      int end = Varints.contentEnd(bytes, at, limit);
      switch (end < 0 ? 0 : bytes[at]) {
        case STRING << 3 | Cursor.BYTES ->
            entry(STRING, stringStart, stringEnd, Varints.content(bytes, at), end);
        case SAMPLE << 3 | Cursor.BYTES ->
            entry(SAMPLE, sampleStart, sampleEnd, Varints.content(bytes, at), end);
        case LOCATION << 3 | Cursor.BYTES -> location(Varints.content(bytes, at), end);
        case FUNCTION << 3 | Cursor.BYTES ->
            entry(FUNCTION, functionStart, functionEnd, Varints.content(bytes, at), end);
        default -> end = field(at);
      }
      at = end;
    }
  }

  /** Any field; returns its end. */
  private int field(int at) throws MalformedProfileException {
    cursor.over(data, at, length);
    cursor.next();
    switch (cursor.field()) {
      case SAMPLE -> entry(sampleStart, sampleEnd);
      case FUNCTION -> entry(functionStart, functionEnd);
      case STRING -> entry(stringStart, stringEnd);
      case LOCATION -> {
        cursor.expectBytes();
        location(cursor.start(), cursor.end());
      }
      case TIME -> timeNanos = cursor.value();
      case DURATION -> durationNanos = cursor.value();
      default -> {
        other();
        entry(0, otherStart, otherEnd, at, cursor.position());
      }
    }
    return cursor.position();
  }

  private void other() throws MalformedProfileException {
    switch (cursor.field()) {
      case SAMPLE_TYPE -> entry(typeStart, typeEnd);
      case MAPPING -> entry(mappingStart, mappingEnd);
      case DEFAULT_TYPE -> defaultType = cursor.value();
      case PERIOD_TYPE -> {
        cursor.expectBytes();
        periodTypeStart = cursor.start();
        periodTypeEnd = cursor.end();
      }
      default -> {
        if (cursor.field() > KNOWN_FIELDS + 1000) {
          throw Cursor.malformed("field " + cursor.field() + " is none of a profile's");
        }
        cursor.skip();
      }
    }
  }

  private void entry(Ints starts, Ints ends) throws MalformedProfileException {
    cursor.expectBytes();
    entry(cursor.field(), starts, ends, cursor.start(), cursor.end());
  }

  private void entry(int field, Ints starts, Ints ends, int from, int to)
      throws MalformedProfileException {
    if (++entries > MAX_IN_ALL) {
      throw Cursor.malformed("more than " + MAX_IN_ALL + " entries");
    }
    if (starts.size >= MAX_ENTRIES) {
      throw Cursor.malformed("more than " + MAX_ENTRIES + " entries of field " + field);
    }
    starts.add(from);
    ends.add(to);
  }

  private void location(int from, int to) throws MalformedProfileException {
    entry(LOCATION, locationStart, locationEnd, from, to);
    long id = 0;
    long address = 0;
    int at = from;
    while (at < to) {
      int end = Varints.fieldEnd(data, at, to);
      if (end < 0 || data[at] == WRONG_ID || data[at] == WRONG_ADDRESS) {
        inner.over(data, at, to);
        inner.next();
        switch (inner.field()) {
          case 1 -> id = inner.value();
          case 3 -> address = inner.value();
          default -> inner.skip();
        }
        end = inner.position();
      } else if (data[at] == 1 << 3) {
        id = Varints.value(data, at + 1, end);
      } else if (data[at] == 3 << 3) {
        address = Varints.value(data, at + 1, end);
      }
      at = end;
    }
    locationId.add(id);
    locationAddress.add(address);
  }

  /** Ids of functions are needed only where an address is missing, or for what is written. */
  public void readFunctions() throws MalformedProfileException {
    Longs ids = functionId;
    ids.size = 0;
    for (int i = 0; i < functionStart.size; i++) {
      ids.add(functionId(functionStart.at[i], functionEnd.at[i]));
    }
    functions.build(ids);
  }

  private long functionId(int from, int to) throws MalformedProfileException {
    long id = 0;
    int at = from;
    while (at < to) {
      int end = Varints.fieldEnd(data, at, to);
      if (end < 0 || data[at] == WRONG_ID) {
        inner.over(data, at, to);
        inner.next();
        if (inner.field() == 1) {
          id = inner.value();
        } else {
          inner.skip();
        }
        end = inner.position();
      } else if (data[at] == 1 << 3) {
        id = Varints.value(data, at + 1, end);
      }
      at = end;
    }
    return id;
  }

  /** Checks the index of a string and returns it. */
  public int stringIndex(long index) throws MalformedProfileException {
    if (index < 0 || index >= stringStart.size) {
      throw Cursor.malformed("string " + index + " is not in its table");
    }
    return (int) index;
  }

  public String string(int index) {
    return new String(
        data,
        stringStart.at[index],
        stringEnd.at[index] - stringStart.at[index],
        java.nio.charset.StandardCharsets.UTF_8);
  }

  boolean isLarge() {
    return sampleStart.at.length > LARGE
        || locationStart.at.length > LARGE
        || functionStart.at.length > LARGE
        || mappingStart.at.length > LARGE
        || stringStart.at.length > LARGE
        || otherStart.at.length > LARGE;
  }

  public void clear() {
    entries = 0;
    data = new byte[0];
    for (Ints ints :
        new Ints[] {
          typeStart,
          typeEnd,
          sampleStart,
          sampleEnd,
          mappingStart,
          mappingEnd,
          functionStart,
          functionEnd,
          stringStart,
          stringEnd,
          locationStart,
          locationEnd,
          otherStart,
          otherEnd
        }) {
      ints.size = 0;
    }
    locationId.size = 0;
    functionId.size = 0;
    locationAddress.size = 0;
    timeNanos = 0;
    durationNanos = 0;
    defaultType = 0;
    periodTypeStart = -1;
    periodTypeEnd = -1;
  }
}
