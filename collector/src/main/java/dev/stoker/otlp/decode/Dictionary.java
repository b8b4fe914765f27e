package dev.stoker.otlp.decode;

import dev.stoker.otlp.OtlpFields;
import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.pprof.wire.Cursor;
import dev.stoker.pprof.wire.Growable.Ints;
import java.nio.charset.StandardCharsets;

/** Where the entries of a request's dictionary are. For one request, on one thread. */
final class Dictionary {
  /** More than real profiles have by far. */
  static final int MOST_ENTRIES = 2_000_000;

  private static final int LEAST_TEXTS = 1 << 20;

  final byte[] data;
  final Table mappings = new Table("mapping");
  final Table locations = new Table("location");
  final Table functions = new Table("function");
  final Table links = new Table("link");
  final Table strings = new Table("string");
  final Table attributes = new Table("attribute");
  final Table stacks = new Table("stack");
  private long texts;

  /** One table: where each entry begins and ends. */
  static final class Table {
    final String name;
    final Ints start = new Ints();
    final Ints end = new Ints();

    private Table(String name) {
      this.name = name;
    }

    int size() {
      return start.size;
    }

    /**
     * @throws MalformedProfileException nothing is there
     */
    int index(long index) throws MalformedProfileException {
      if (index < 0 || index >= start.size) {
        throw Wire.wrong(
            name
                + " "
                + index
                + " is used, but "
                + name
                + "_table of the dictionary ends before it (entries: "
                + start.size
                + ")");
      }
      return (int) index;
    }

    private void add(Cursor at) throws MalformedProfileException {
      at.expectBytes();
      start.add(at.start());
      end.add(at.end());
    }
  }

  Dictionary(byte[] data) {
    this.data = data;
  }

  /** A part of it; there may be several, as everywhere in protobuf. */
  void add(int from, int to) throws MalformedProfileException {
    Cursor cursor = Wire.over(data, from, to);
    while (cursor.next()) {
      switch (cursor.field()) {
        case OtlpFields.Dictionary.MAPPINGS -> mappings.add(cursor);
        case OtlpFields.Dictionary.LOCATIONS -> locations.add(cursor);
        case OtlpFields.Dictionary.FUNCTIONS -> functions.add(cursor);
        case OtlpFields.Dictionary.LINKS -> links.add(cursor);
        case OtlpFields.Dictionary.STRINGS -> strings.add(cursor);
        case OtlpFields.Dictionary.ATTRIBUTES -> attributes.add(cursor);
        case OtlpFields.Dictionary.STACKS -> stacks.add(cursor);
        default -> cursor.skip();
      }
    }
  }

  /** Entries of all tables. */
  static int count(byte[] data, int from, int to) throws MalformedProfileException {
    int entries = 0;
    Cursor cursor = Wire.over(data, from, to);
    while (cursor.next()) {
      cursor.skip();
      entries++;
    }
    return entries;
  }

  String string(long index) throws MalformedProfileException {
    int at = strings.index(index);
    return text(strings.start.at[at], strings.end.at[at]);
  }

  /**
   * What is no UTF-8 in it is replaced.
   *
   * @throws MalformedProfileException there are more texts than a request has bytes: the same ones
   *     were used again and again
   */
  String text(int from, int to) throws MalformedProfileException {
    texts += to - from;
    if (texts > LEAST_TEXTS + data.length) {
      throw Wire.wrong("the names and labels of all profiles are too long; send fewer of them");
    }
    return new String(data, from, to - from, StandardCharsets.UTF_8);
  }

  /** Whether these bytes are the text, which is ASCII. */
  boolean isText(int from, int to, String text) {
    boolean same = to - from == text.length();
    for (int i = 0; same && i < text.length(); i++) {
      same = data[from + i] == text.charAt(i);
    }
    return same;
  }
}
