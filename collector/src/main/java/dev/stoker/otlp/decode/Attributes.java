package dev.stoker.otlp.decode;

import dev.stoker.otlp.OtlpFields;
import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.pprof.wire.Cursor;

/**
 * The attributes of the dictionary, each of which is read once: millions of samples may name the
 * same. For one request, on one thread.
 */
final class Attributes {
  private static final byte UNREAD = 0;

  /** No label: without a name or a value. */
  static final byte NONE = 1;

  /** Its value is neither a text nor an integer. */
  static final byte OTHER = 2;

  static final byte PRIVATE = 3;

  /** The service of a sample: decides about the series, and is no label of the sample. */
  static final byte SERVICE = 4;

  static final byte TEXT = 5;
  static final byte NUMBER = 6;

  /** Only samples have numbers as labels. */
  static final byte WHOLE = 7;

  static final String SERVICE_NAME = "service.name";

  /** The value is a text that stands in the attribute, and in no table. */
  static final int INLINE = -1;

  private static final int NO_TEXT = -2;

  private final Dictionary dictionary;
  private final byte[] kind;
  private final int[] key;
  private final int[] unit;

  /** Where a text is in the string table, or one of the constants. */
  private final int[] text;

  /** The number, or where a text begins and ends in the request. */
  private final long[] number;

  private final AnyValue value;

  Attributes(Dictionary dictionary) {
    this.dictionary = dictionary;
    this.value = new AnyValue(dictionary);
    int size = dictionary.attributes.size();
    this.kind = new byte[size];
    this.key = new int[size];
    this.unit = new int[size];
    this.text = new int[size];
    this.number = new long[size];
  }

  /** Checks the index, and reads the attribute when it is the first time. Returns its index. */
  int read(long index) throws MalformedProfileException {
    int at = dictionary.attributes.index(index);
    if (kind[at] == UNREAD) {
      kind[at] = parse(at);
    }
    return at;
  }

  private byte parse(int at) throws MalformedProfileException {
    value.clear();
    Cursor cursor =
        Wire.over(
            dictionary.data, dictionary.attributes.start.at[at], dictionary.attributes.end.at[at]);
    while (cursor.next()) {
      switch (cursor.field()) {
        case OtlpFields.Attribute.KEY -> key[at] = dictionary.strings.index(cursor.value());
        case OtlpFields.Attribute.VALUE -> {
          cursor.expectBytes();
          value.read(cursor.start(), cursor.end());
        }
        case OtlpFields.Attribute.UNIT -> unit[at] = dictionary.strings.index(cursor.value());
        default -> cursor.skip();
      }
    }
    boolean isText = value.textEnd() >= 0;
    text[at] = isText ? value.textIndex() : NO_TEXT;
    number[at] = isText ? (long) value.textStart() << 32 | value.textEnd() : value.number();
    return kind(at);
  }

  private byte kind(int at) {
    if (dictionary.strings.size() == 0 || key[at] == 0) {
      return NONE;
    }
    int from = dictionary.strings.start.at[key[at]];
    int to = dictionary.strings.end.at[key[at]];
    byte[] data = dictionary.data;
    if (from == to || value.kind() == AnyValue.Kind.NONE) {
      return NONE;
    }
    if (value.kind() == AnyValue.Kind.OTHER) {
      return OTHER;
    }
    if (to - from >= 2 && data[from] == '_' && data[from + 1] == '_') {
      return PRIVATE;
    }
    if (value.kind() != AnyValue.Kind.WHOLE && isKey(at, SERVICE_NAME)) {
      return SERVICE;
    }
    return switch (value.kind()) {
      case TEXT -> TEXT;
      case WHOLE -> WHOLE;
      default -> NUMBER;
    };
  }

  /** One of the constants, for an attribute that was read. */
  byte kindOf(int at) {
    return kind[at];
  }

  /** It is no label; an attribute of a mapping or a location may say something by it. */
  boolean isTrue(int at) {
    return kind[at] == OTHER && number[at] == 1;
  }

  boolean isKey(int at, String name) {
    int from = dictionary.strings.start.at[key[at]];
    int to = dictionary.strings.end.at[key[at]];
    return dictionary.isText(from, to, name);
  }

  /** Index of its name in the string table. */
  int key(int at) {
    return key[at];
  }

  String name(int at) throws MalformedProfileException, OutOfRoomException {
    return dictionary.text(
        dictionary.strings.start.at[key[at]], dictionary.strings.end.at[key[at]]);
  }

  /** Index in the string table; 0 = it has none. */
  int unit(int at) {
    return unit[at];
  }

  int textStart(int at) {
    return (int) (number[at] >> 32);
  }

  int textEnd(int at) {
    return (int) number[at];
  }

  long number(int at) {
    return number[at];
  }

  /** The value as a text; for {@link #TEXT}, {@link #NUMBER} and {@link #SERVICE}. */
  String text(int at) throws MalformedProfileException, OutOfRoomException {
    return isText(at) ? dictionary.text(textStart(at), textEnd(at)) : Long.toString(number[at]);
  }

  /** Texts, of which bytes of the request are the value, and not numbers. */
  boolean isText(int at) {
    return text[at] != NO_TEXT;
  }

  /** Where the text of the value is in the string table, or {@link #INLINE}. */
  int textIndex(int at) {
    return text[at];
  }
}
