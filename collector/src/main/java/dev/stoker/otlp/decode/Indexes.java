package dev.stoker.otlp.decode;

import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.pprof.wire.Cursor;
import dev.stoker.pprof.wire.Growable.Ints;

/** A repeated number, packed or not: readers of protobuf have to take both. */
final class Indexes {
  /** More attributes than anything has. */
  static final int MOST = 1_000;

  /** Adds what the field has whose tag was just read. */
  static void add(Cursor cursor, byte[] data, Ints all) throws MalformedProfileException {
    if (cursor.wireType() != Cursor.BYTES) {
      add(cursor.value(), all);
      return;
    }
    Cursor packed = Wire.over(data, cursor.start(), cursor.end());
    while (!packed.atEnd()) {
      add(packed.varint(), all);
    }
  }

  /** What is no index at all is beyond every table. */
  private static void add(long value, Ints all) throws MalformedProfileException {
    if (all.size >= MOST) {
      throw Wire.wrong("a profile or sample has more than " + MOST + " attributes");
    }
    all.add(value < 0 || value > Integer.MAX_VALUE ? -1 : (int) value);
  }

  private Indexes() {}
}
