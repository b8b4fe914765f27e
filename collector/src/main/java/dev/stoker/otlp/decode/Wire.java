package dev.stoker.otlp.decode;

import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.pprof.wire.Cursor;

/** How the bytes of a request are walked, and what is said when they are wrong. */
final class Wire {
  private static final String COMPLAINT = "the request is no OTLP: ";

  static Cursor cursor() {
    return new Cursor(COMPLAINT);
  }

  static Cursor over(byte[] bytes, int from, int to) {
    Cursor cursor = cursor();
    cursor.over(bytes, from, to);
    return cursor;
  }

  static MalformedProfileException wrong(String what) {
    return new MalformedProfileException(what);
  }

  /** The eight bytes of a field whose tag was just read. */
  static long fixed64(Cursor cursor) throws MalformedProfileException {
    if (cursor.wireType() != Cursor.FIXED64) {
      throw wrong("field " + cursor.field() + " is no fixed64");
    }
    return cursor.fixed64();
  }

  private Wire() {}
}
