package dev.stoker.pprof.wire;

import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.pprof.build.ByteSink;
import dev.stoker.pprof.wire.Growable.Ints;
import java.util.Arrays;

/**
 * Which entries of a profile's tables are used, and those entries written. They are copied as they
 * stand, and neighbours in one go, because each body has tens of thousands of them. One thread.
 */
final class UsedEntries {
  private static final int LINE = 4 << 3 | Cursor.BYTES;

  private final ByteSink out;
  private final Cursor cursor = new Cursor();
  private boolean[] locations = new boolean[0];
  private boolean[] functions = new boolean[0];
  private boolean[] strings = new boolean[0];
  private ProfileIndex index = new ProfileIndex();

  /** What is copied next, as soon as it is known where it ends. */
  private int runStart;

  private int runEnd;

  /**
   * @param out where the tables are written
   */
  UsedEntries(ByteSink out) {
    this.out = out;
  }

  /** Nothing is used yet. */
  void begin(ProfileIndex profile) {
    index = profile;
    locations = cleared(locations, profile.locationStart.size);
    functions = cleared(functions, profile.functionStart.size);
    strings = cleared(strings, profile.stringStart.size);
  }

  private static boolean[] cleared(boolean[] marks, int size) {
    if (marks.length < size) {
      return new boolean[size + size / 2];
    }
    Arrays.fill(marks, 0, size, false);
    return marks;
  }

  /** A list of location ids; this loop goes over each frame of each sample that is written. */
  void locations(byte[] bytes, int from, int to) throws MalformedProfileException {
    boolean[] used = locations;
    int[] indexes = index.locations.dense();
    int known = index.locations.denseSize();
    int at = from;
    while (at < to) {
      int next = at + 1;
      int id = bytes[at];
      if (id < 0 && next < to) {
        id = id & 0x7f | bytes[next++] << 7;
      }
      int location = id >= 0 && id < known ? indexes[id] : -1;
      if (location >= 0) {
        used[location] = true;
      } else { // an id of three bytes and more, or one that nothing has
        next = Varints.end(bytes, at, to);
        location(Varints.value(bytes, at, next));
      }
      at = next;
    }
  }

  void location(long id) {
    int location = index.locations.index(id);
    if (location >= 0) {
      locations[location] = true;
    }
  }

  void string(long at) throws MalformedProfileException {
    strings[index.stringIndex(at)] = true;
  }

  /** Fields from the first to the last, of what is written, are indexes of strings. */
  void strings(int first, int last, int from, int to) throws MalformedProfileException {
    byte[] bytes = index.data;
    int at = from;
    while (at < to) {
      int end = Varints.fieldEnd(bytes, at, to);
      int field = bytes[at] >> 3;
      if (end < 0 || (bytes[at] & 7) != Cursor.VARINT) {
        cursor.over(bytes, at, to);
        cursor.next();
        if (cursor.field() >= first && cursor.field() <= last) {
          string(cursor.value());
        } else {
          cursor.skip();
        }
        end = cursor.position();
      } else if (field >= first && field <= last) {
        string(Varints.value(bytes, at + 1, end));
      }
      at = end;
    }
  }

  /** Writes all tables; all samples must have been written before. */
  void write() throws MalformedProfileException {
    index.readFunctions();
    runEnd = runStart = 0;
    Ints start = index.locationStart;
    Ints end = index.locationEnd;
    for (int i = 0; i < start.size; i++) {
      if (locations[i]) {
        entry(ProfileIndex.LOCATION, start.at[i], end.at[i]);
        lines(start.at[i], end.at[i]);
      }
    }
    start = index.functionStart;
    end = index.functionEnd;
    for (int i = 0; i < start.size; i++) {
      if (functions[i]) {
        entry(ProfileIndex.FUNCTION, start.at[i], end.at[i]);
        strings(2, 4, start.at[i], end.at[i]);
      }
    }
    texts();
    flush();
  }

  /** Strings that nothing refers to stay as empty entries, so that indexes hold. */
  private void texts() {
    Ints start = index.stringStart;
    Ints end = index.stringEnd;
    strings[0] = false;
    for (int i = 0; i < start.size; i++) {
      if (strings[i]) {
        entry(ProfileIndex.STRING, start.at[i], end.at[i]);
      } else {
        flush();
        out.field(ProfileIndex.STRING, index.data, 0, 0);
      }
    }
  }

  private void entry(int field, int start, int end) {
    int tag = start - 1 - ByteSink.varintSize(end - start);
    if (tag >= 0 && tag == runEnd && index.data[tag] == (field << 3 | Cursor.BYTES)) {
      runEnd = end;
      return;
    }
    flush();
    if (tag >= 0 && index.data[tag] == (field << 3 | Cursor.BYTES)) {
      runStart = tag;
      runEnd = end;
    } else { // its length or its tag have more bytes than they need
      out.field(field, index.data, start, end);
    }
  }

  private void flush() {
    if (runEnd > runStart) {
      out.copy(index.data, runStart, runEnd);
    }
    runEnd = runStart = 0;
  }

  private void lines(int from, int to) throws MalformedProfileException {
    byte[] bytes = index.data;
    int at = from;
    while (at < to) {
      int end = Varints.fieldEnd(bytes, at, to);
      if (end < 0) {
        cursor.over(bytes, at, to);
        cursor.next();
        cursor.skip();
        if (cursor.field() == 4 && cursor.wireType() == Cursor.BYTES) {
          line(cursor.start(), cursor.end());
        }
        end = cursor.position();
      } else if (bytes[at] == LINE) {
        line(Varints.content(bytes, at), end);
      }
      at = end;
    }
  }

  private void line(int from, int to) throws MalformedProfileException {
    byte[] bytes = index.data;
    int at = from;
    while (at < to) {
      int end = Varints.fieldEnd(bytes, at, to);
      if (end >= 0 && bytes[at] == 1 << 3) {
        function(Varints.value(bytes, at + 1, end));
      } else if (end < 0 || bytes[at] == (1 << 3 | Cursor.BYTES)) {
        unusualLine(at, to);
        return;
      }
      at = end;
    }
  }

  private void unusualLine(int from, int to) throws MalformedProfileException {
    cursor.over(index.data, from, to);
    while (cursor.next()) {
      if (cursor.field() == 1) {
        function(cursor.value());
      } else {
        cursor.skip();
      }
    }
  }

  private void function(long id) {
    int function = index.functions.index(id);
    if (function >= 0) {
      functions[function] = true;
    }
  }
}
