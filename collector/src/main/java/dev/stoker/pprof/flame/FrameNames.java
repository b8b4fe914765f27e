package dev.stoker.pprof.flame;

import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.pprof.wire.Cursor;
import dev.stoker.pprof.wire.ProfileIndex;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the frames of a profile's locations are called. A name is made when it is asked for first,
 * and kept. A function that is missing is called [unknown], a location without one by its address.
 */
final class FrameNames {
  /** Bytes of a name that are shown; the rest is cut. */
  private static final int MAX_NAME = 1024;

  private static final String UNKNOWN = "[unknown]";
  private static final String[] UNKNOWN_FRAMES = {UNKNOWN};

  private final ProfileIndex index;

  /** Function names by location, root first; null until a stack needs them. */
  private final String[][] frames;

  /** Names by function; null until a location needs one. */
  private final String[] functionNames;

  /** Mapping id to the index of its file's name; null until a location needs it. */
  private @Nullable Map<Long, Long> files;

  private final Cursor cursor = new Cursor();
  private final Cursor number = new Cursor();

  /**
   * @param index with its functions
   */
  FrameNames(ProfileIndex index) {
    this.index = index;
    this.frames = new String[index.locationStart.size][];
    this.functionNames = new String[index.functionStart.size];
  }

  /**
   * @return names of the location's functions, root first; not to be changed
   */
  String[] of(long locationId) throws MalformedProfileException {
    int location = index.locations.index(locationId);
    if (location < 0) {
      return UNKNOWN_FRAMES;
    }
    String[] known = frames[location];
    if (known == null) {
      known = readFrames(location);
      frames[location] = known;
    }
    return known;
  }

  private String[] readFrames(int location) throws MalformedProfileException {
    List<String> names = new ArrayList<>(1);
    long mapping = 0;
    cursor.over(index.data, index.locationStart.at[location], index.locationEnd.at[location]);
    while (cursor.next()) {
      switch (cursor.field()) {
        case 2 -> mapping = cursor.value();
        case 4 -> {
          cursor.expectBytes();
          names.add(functionName(numberIn(1, cursor.start(), cursor.end())));
        }
        default -> cursor.skip();
      }
    }
    if (names.isEmpty()) {
      return new String[] {unsymbolized(mapping, index.locationAddress.at[location])};
    }
    Collections.reverse(names);
    return names.toArray(String[]::new);
  }

  /** Equal functions of all locations share one string. */
  private String functionName(long id) throws MalformedProfileException {
    int function = index.functions.index(id);
    if (function < 0) {
      return UNKNOWN;
    }
    String known = functionNames[function];
    if (known == null) {
      int from = index.functionStart.at[function];
      int to = index.functionEnd.at[function];
      long name = numberIn(2, from, to);
      String text = string(name == 0 ? numberIn(3, from, to) : name);
      known = text == null || text.isEmpty() ? UNKNOWN : text;
      functionNames[function] = known;
    }
    return known;
  }

  private String unsymbolized(long mapping, long address) throws MalformedProfileException {
    String file = string(files().getOrDefault(mapping, -1L));
    String where = file == null ? "" : file.substring(file.lastIndexOf('/') + 1) + " ";
    return "[" + where + "0x" + Long.toHexString(address) + "]";
  }

  private Map<Long, Long> files() throws MalformedProfileException {
    Map<Long, Long> known = files;
    if (known == null) {
      known = new HashMap<>();
      for (int i = 0; i < index.mappingStart.size; i++) {
        int from = index.mappingStart.at[i];
        int to = index.mappingEnd.at[i];
        known.put(numberIn(1, from, to), numberIn(5, from, to));
      }
      files = known;
    }
    return known;
  }

  /** A number of a flat message; 0 where it is absent. */
  long numberIn(int field, int from, int to) throws MalformedProfileException {
    long value = 0;
    number.over(index.data, from, to);
    while (number.next()) {
      if (number.field() == field) {
        value = number.value();
      } else {
        number.skip();
      }
    }
    return value;
  }

  /**
   * @return null when the profile has no string of that index
   */
  @Nullable String string(long at) {
    if (at < 0 || at >= index.stringStart.size) {
      return null;
    }
    int start = index.stringStart.at[(int) at];
    int length = Math.min(MAX_NAME, index.stringEnd.at[(int) at] - start);
    return new String(index.data, start, length, StandardCharsets.UTF_8);
  }
}
