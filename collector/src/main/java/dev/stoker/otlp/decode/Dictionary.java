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
  final Table mappings;
  final Table locations;
  final Table functions;
  final Table links;
  final Table strings;
  final Table attributes;
  final Table stacks;
  private final Budget budget;
  private final long mostTexts;
  private long texts;

  /** One table: where each entry begins and ends. */
  static final class Table {
    final String name;
    final Ints start = new Ints();
    final Ints end = new Ints();

    private Table(String name, int entries) {
      this.name = name;
      start.at = new int[Math.max(1, entries)];
      end.at = new int[Math.max(1, entries)];
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

  /**
   * @param entries of each table, by its field
   */
  Dictionary(OtlpRequest.Message message, int[] entries, Budget budget) {
    this.data = message.bytes();
    this.mostTexts = LEAST_TEXTS + (long) message.size();
    this.budget = budget;
    this.mappings = new Table("mapping", entries[OtlpFields.Dictionary.MAPPINGS]);
    this.locations = new Table("location", entries[OtlpFields.Dictionary.LOCATIONS]);
    this.functions = new Table("function", entries[OtlpFields.Dictionary.FUNCTIONS]);
    this.links = new Table("link", entries[OtlpFields.Dictionary.LINKS]);
    this.strings = new Table("string", entries[OtlpFields.Dictionary.STRINGS]);
    this.attributes = new Table("attribute", entries[OtlpFields.Dictionary.ATTRIBUTES]);
    this.stacks = new Table("stack", entries[OtlpFields.Dictionary.STACKS]);
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

  String string(long index) throws MalformedProfileException, OutOfRoomException {
    int at = strings.index(index);
    return text(strings.start.at[at], strings.end.at[at]);
  }

  /**
   * What is no UTF-8 in it is replaced.
   *
   * @throws MalformedProfileException there are more texts than a request has bytes: the same ones
   *     were used again and again
   */
  String text(int from, int to) throws MalformedProfileException, OutOfRoomException {
    texts += to - from;
    if (texts > mostTexts) {
      throw Wire.wrong("the names and labels of all profiles are too long; send fewer of them");
    }
    budget.keep(to - from);
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
