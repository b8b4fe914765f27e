package dev.stoker.pprof.wire;

import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.pprof.wire.Growable.Longs;

/**
 * Computes the identity of a sample from its stack and its labels, in any order of labels. A
 * location is known by its address, or else by mapping, function and line, because Node, Python and
 * Java write no addresses. With 64 bits, the chance of any collision among a million stacks is one
 * in thirty million. One thread.
 */
public final class StackHasher {
  private static final long FRAME = 0x9E3779B97F4A7C15L;

  private final ProfileIndex index;
  private final Cursor cursor = new Cursor();
  private final Cursor inner = new Cursor();
  private long[] locationHash = new long[256];

  /** The same by id, where ids are dense; 0 = unknown. */
  private long[] hashOfId = new long[256];

  private int idsKnown;

  /** The last string that was hashed: the keys of labels come again and again. */
  private long lastString = -1;

  private long lastStringHash;
  private boolean functionsRead;
  private boolean mappingsRead;
  private final Longs mappingIds = new Longs();
  private final Longs mappingHashes = new Longs();
  private final IdMap mappings = new IdMap();

  StackHasher(ProfileIndex index) {
    this.index = index;
  }

  /** Hashes all locations; to be called after a new profile was indexed. */
  public void prepare() throws MalformedProfileException {
    functionsRead = false;
    mappingsRead = false;
    lastString = -1;
    int count = index.locationId.size;
    if (locationHash.length < count) {
      locationHash = new long[Math.max(count, locationHash.length * 2)];
    }
    for (int i = 0; i < count; i++) {
      long address = index.locationAddress.at[i];
      locationHash[i] = address != 0 ? mix(address) : contentHash(i);
    }
    idsKnown = index.locations.denseSize();
    if (hashOfId.length < idsKnown) {
      hashOfId = new long[Math.max(idsKnown, hashOfId.length * 2)];
    }
    int[] dense = index.locations.dense();
    for (int id = 0; id < idsKnown; id++) {
      hashOfId[id] = dense[id] < 0 ? 0 : locationHash[dense[id]];
    }
  }

  /**
   * Hash that versions before 0.2.0 used for the build id of a program that writes an empty one.
   */
  public static final long EMPTY_BUILD_ID = mix(0xcbf29ce484222325L);

  /**
   * Hash of the build id of the first mapping, which is the program itself; 0 = there is none, or
   * an empty one.
   */
  public long buildId() throws MalformedProfileException {
    if (index.mappingStart.size == 0) {
      return 0;
    }
    cursor.over(index.data, index.mappingStart.at[0], index.mappingEnd.at[0]);
    long hash = 0;
    while (cursor.next()) {
      if (cursor.field() == 6) {
        hash = stringHash(cursor.value());
      } else {
        cursor.skip();
      }
    }
    return hash == EMPTY_BUILD_ID ? 0 : hash;
  }

  static long start() {
    return 0x2545F4914F6CDD1DL;
  }

  /**
   * Adds a list of location ids to the hash of a stack. This loop goes over each frame of each
   * sample.
   */
  long push(long before, int from, int to) throws MalformedProfileException {
    byte[] bytes = index.data;
    long[] hashes = hashOfId;
    int known = idsKnown;
    long hash = before;
    int at = from;
    while (at < to) {
      int next = at + 1;
      int id = bytes[at];
      if (id < 0 && next < to) {
        id = id & 0x7f | bytes[next++] << 7;
      }
      long location = id >= 0 && id < known ? hashes[id] : 0;
      if (location != 0) {
        hash = mix(hash ^ location) + FRAME;
      } else { // an id of three bytes and more, or one that nothing has
        next = Varints.end(bytes, at, to);
        hash = push(hash, Varints.value(bytes, at, next));
      }
      at = next;
    }
    return hash;
  }

  /** Adds a location to the hash of a stack. The order matters: the leaf comes first. */
  long push(long hash, long locationId) throws MalformedProfileException {
    int at = index.locations.index(locationId);
    if (at < 0) {
      throw Cursor.malformed("a sample names location " + locationId + ", which does not exist");
    }
    return mix(hash ^ locationHash[at]) + FRAME;
  }

  /**
   * Hash of one label. The hashes of a sample's labels are added, so that their order does not
   * matter.
   */
  long label(int from, int to) throws MalformedProfileException {
    byte[] bytes = index.data;
    long key = 0;
    long text = 0;
    long number = 0;
    long unit = 0;
    int at = from;
    while (at < to) {
      int end = Varints.fieldEnd(bytes, at, to);
      switch (end < 0 ? 0 : bytes[at]) {
        case 1 << 3 -> key = stringHash(Varints.value(bytes, at + 1, end));
        case 2 << 3 -> text = stringHash(Varints.value(bytes, at + 1, end));
        case 3 << 3 -> number = Varints.value(bytes, at + 1, end);
        case 4 << 3 -> unit = stringHash(Varints.value(bytes, at + 1, end));
        default -> {
          return unusualLabel(from, to);
        }
      }
      at = end;
    }
    return labelHash(key, text, number, unit);
  }

  private long unusualLabel(int from, int to) throws MalformedProfileException {
    long key = 0;
    long text = 0;
    long number = 0;
    long unit = 0;
    cursor.over(index.data, from, to);
    while (cursor.next()) {
      switch (cursor.field()) {
        case 1 -> key = stringHash(cursor.value());
        case 2 -> text = stringHash(cursor.value());
        case 3 -> number = cursor.value();
        case 4 -> unit = stringHash(cursor.value());
        default -> cursor.skip();
      }
    }
    return labelHash(key, text, number, unit);
  }

  private static long labelHash(long key, long text, long number, long unit) {
    return mix(key + mix(text + mix(number + mix(unit + 77))));
  }

  private long contentHash(int location) throws MalformedProfileException {
    if (!functionsRead) {
      index.readFunctions();
      functionsRead = true;
    }
    long hash = 17;
    long mapping = 0;
    cursor.over(index.data, index.locationStart.at[location], index.locationEnd.at[location]);
    while (cursor.next()) {
      switch (cursor.field()) {
        case 2 -> mapping = cursor.value();
        case 4 -> {
          cursor.expectBytes();
          hash = mix(hash ^ line(cursor.start(), cursor.end()));
        }
        default -> cursor.skip();
      }
    }
    return mix(hash + mappingHash(mapping));
  }

  private long line(int from, int to) throws MalformedProfileException {
    long function = 0;
    long line = 0;
    inner.over(index.data, from, to);
    while (inner.next()) {
      switch (inner.field()) {
        case 1 -> function = inner.value();
        case 2 -> line = inner.value();
        default -> inner.skip();
      }
    }
    return mix(functionHash(function) + mix(line));
  }

  private long functionHash(long id) throws MalformedProfileException {
    int at = index.functions.index(id);
    if (at < 0) {
      return id;
    }
    long hash = 5;
    inner.over(index.data, index.functionStart.at[at], index.functionEnd.at[at]);
    while (inner.next()) {
      if (inner.field() >= 2 && inner.field() <= 4) {
        hash = mix(hash + inner.field()) ^ stringHash(inner.value());
      } else {
        inner.skip();
      }
    }
    return hash;
  }

  private long mappingHash(long id) throws MalformedProfileException {
    if (id == 0) {
      return 0;
    }
    if (!mappingsRead) {
      readMappings();
      mappingsRead = true;
    }
    int at = mappings.index(id);
    return at < 0 ? 0 : mappingHashes.at[at];
  }

  /**
   * All at once: to look for each location's mapping among all of them would take hours in a body
   * that has many of both. From the last to the first, as the first of equal ids counts.
   */
  private void readMappings() throws MalformedProfileException {
    mappingIds.size = 0;
    mappingHashes.size = 0;
    for (int i = index.mappingStart.size - 1; i >= 0; i--) {
      long id = 0;
      long hash = 3;
      inner.over(index.data, index.mappingStart.at[i], index.mappingEnd.at[i]);
      while (inner.next()) {
        switch (inner.field()) {
          case 1 -> id = inner.value();
          case 5 -> hash = mix(hash + inner.field()) ^ stringHash(inner.value());
          case 6 -> {
            long buildId = stringHash(inner.value());
            hash = buildId == EMPTY_BUILD_ID ? hash : mix(hash + inner.field()) ^ buildId;
          }
          default -> inner.skip();
        }
      }
      if (id != 0) {
        mappingIds.add(id);
        mappingHashes.add(hash);
      }
    }
    mappings.build(mappingIds);
  }

  long stringHash(long string) throws MalformedProfileException {
    if (string == lastString) {
      return lastStringHash;
    }
    int at = index.stringIndex(string);
    long hash = 0xcbf29ce484222325L;
    for (int i = index.stringStart.at[at]; i < index.stringEnd.at[at]; i++) {
      hash = (hash ^ index.data[i]) * 0x100000001b3L;
    }
    lastString = string;
    lastStringHash = mix(hash);
    return lastStringHash;
  }

  public static long mix(long value) {
    long h = (value ^ (value >>> 32)) * 0xD6E8FEB86659FD93L;
    h = (h ^ (h >>> 32)) * 0xD6E8FEB86659FD93L;
    return h ^ (h >>> 32);
  }
}
