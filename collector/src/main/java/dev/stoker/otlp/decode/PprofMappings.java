package dev.stoker.otlp.decode;

import dev.stoker.otlp.OtlpFields;
import dev.stoker.otlp.PprofNames;
import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.pprof.build.ByteSink;
import dev.stoker.pprof.wire.Cursor;
import dev.stoker.pprof.wire.Growable.Ints;

/**
 * The mappings of the pprof at work. They are written last: whether a mapping's functions are known
 * is a field of it, and shows in its locations. For one request, on one thread.
 */
final class PprofMappings {
  private static final int MAPPING = 3;

  /** Attributes of a mapping that are its build id, the best one first. */
  private static final String[] BUILD_IDS = {
    "process.executable.build_id.gnu",
    "process.executable.build_id.go",
    "process.executable.build_id.htlhash"
  };

  /** Arrays that an entry is in on its way, each of which may be twice as large as it. */
  private static final long COPIES = 4;

  /** Field of pprof's mapping; the three others follow. */
  private static final int HAS_FUNCTIONS = 7;

  /** What is said of a mapping of which all locations have functions: all but inlined frames. */
  private static final int USUAL_FLAGS = 0b0111;

  private static final int HAS_LINES = 1;
  private static final int HAS_NONE = 2;

  private final Dictionary dictionary;
  private final Attributes attributes;
  private final PprofStrings strings;
  private final ByteSink out;
  private final ByteSink mapping = new ByteSink();
  private final LocalIds ids;

  /** By local id less 1: which entry it is, and what its locations have. */
  private final Ints entries = new Ints();

  private final Ints seen = new Ints();
  private final Ints indexes = new Ints();

  PprofMappings(Dictionary dictionary, Attributes attributes, PprofStrings strings, ByteSink out) {
    this.dictionary = dictionary;
    this.attributes = attributes;
    this.strings = strings;
    this.out = out;
    this.ids = new LocalIds(dictionary.mappings.size());
  }

  /** Another profile. */
  void begin() {
    ids.begin();
    entries.size = 0;
    seen.size = 0;
  }

  /** 0 = none: the first entry stands for that. */
  int id(long index) throws MalformedProfileException {
    if (index == 0) {
      return 0;
    }
    int at = dictionary.mappings.index(index);
    int known = ids.get(at);
    if (known > 0) {
      return known;
    }
    entries.add(at);
    seen.add(0);
    return ids.give(at);
  }

  /** One of its locations. */
  void location(int id, boolean hasLines) {
    seen.at[id - 1] |= hasLines ? HAS_LINES : HAS_NONE;
  }

  void write(Budget budget) throws MalformedProfileException, OutOfRoomException {
    for (int i = 0; i < entries.size; i++) {
      int at = entries.at[i];
      int from = dictionary.mappings.start.at[at];
      int to = dictionary.mappings.end.at[at];
      budget.read(to - from);
      write(i + 1, Wire.over(dictionary.data, from, to), budget);
      budget.check(out.size);
    }
  }

  private void write(int id, Cursor cursor, Budget budget)
      throws MalformedProfileException, OutOfRoomException {
    indexes.size = 0;
    mapping.reset();
    Pprof.number(mapping, 1, id);
    while (cursor.next()) {
      switch (cursor.field()) {
        case OtlpFields.Mapping.START -> Pprof.number(mapping, 2, cursor.value());
        case OtlpFields.Mapping.LIMIT -> Pprof.number(mapping, 3, cursor.value());
        case OtlpFields.Mapping.OFFSET -> Pprof.number(mapping, 4, cursor.value());
        case OtlpFields.Mapping.FILE -> Pprof.number(mapping, 5, strings.id(cursor.value()));
        case OtlpFields.Mapping.ATTRIBUTES -> Indexes.add(cursor, dictionary.data, indexes);
        default -> cursor.skip();
      }
      budget.check(out.size + COPIES * mapping.size);
    }
    Pprof.number(mapping, 6, buildId());
    int flags = flags(id);
    for (int i = 0; i < PprofNames.MAPPING_FLAGS.size(); i++) {
      Pprof.number(mapping, HAS_FUNCTIONS + i, flags >> i & 1);
    }
    out.field(MAPPING, mapping.bytes, 0, mapping.size);
  }

  /** What the sender says of the mapping; if it says nothing, what shows in its locations. */
  private int flags(int id) throws MalformedProfileException {
    int flags = 0;
    boolean said = false;
    for (int i = 0; i < indexes.size; i++) {
      int at = attributes.read(indexes.at[i]);
      for (int flag = 0; flag < PprofNames.MAPPING_FLAGS.size(); flag++) {
        if (attributes.kindOf(at) == Attributes.OTHER
            && attributes.isKey(at, PprofNames.MAPPING_FLAGS.get(flag))) {
          said = true;
          flags |= attributes.isTrue(at) ? 1 << flag : 0;
        }
      }
    }
    return !said && seen.at[id - 1] == HAS_LINES ? USUAL_FLAGS : flags;
  }

  private int buildId() throws MalformedProfileException, OutOfRoomException {
    int best = BUILD_IDS.length;
    int found = -1;
    for (int i = 0; i < indexes.size; i++) {
      int at = attributes.read(indexes.at[i]);
      int rank = attributes.kindOf(at) == Attributes.TEXT ? rank(at) : BUILD_IDS.length;
      if (rank < best) {
        best = rank;
        found = at;
      }
    }
    return found < 0 ? 0 : strings.value(found);
  }

  private int rank(int attribute) {
    for (int i = 0; i < BUILD_IDS.length; i++) {
      if (attributes.isKey(attribute, BUILD_IDS[i])) {
        return i;
      }
    }
    return BUILD_IDS.length;
  }
}
