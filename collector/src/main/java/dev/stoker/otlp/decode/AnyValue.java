package dev.stoker.otlp.decode;

import dev.stoker.otlp.OtlpFields;
import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.pprof.wire.Cursor;

/**
 * Reads the value of an attribute as far as it can be a label: a text, an integer, or a list of one
 * of them, as Pyroscope does. Used again from value to value.
 */
final class AnyValue {
  /** What it is. */
  enum Kind {
    NONE,
    TEXT,
    NUMBER,
    /** A double that is a whole number: what otlp.write makes of a number label. */
    WHOLE,
    OTHER
  }

  private final Dictionary dictionary;
  private Kind kind = Kind.NONE;
  private int textStart;
  private int textEnd;
  private int textIndex;
  private long number;

  AnyValue(Dictionary dictionary) {
    this.dictionary = dictionary;
  }

  void clear() {
    kind = Kind.NONE;
    textStart = 0;
    textEnd = -1;
    textIndex = -1;
    number = 0;
  }

  void read(int from, int to) throws MalformedProfileException {
    read(from, to, true);
  }

  private void read(int from, int to, boolean lists) throws MalformedProfileException {
    clear();
    Cursor cursor = Wire.over(dictionary.data, from, to);
    while (cursor.next()) {
      switch (cursor.field()) {
        case OtlpFields.AnyValue.STRING -> {
          cursor.expectBytes();
          text(cursor.start(), cursor.end());
        }
        case OtlpFields.AnyValue.STRING_INDEX -> {
          int at = dictionary.strings.index(cursor.value());
          text(dictionary.strings.start.at[at], dictionary.strings.end.at[at]);
          textIndex = at;
        }
        case OtlpFields.AnyValue.INT -> {
          clear();
          number = cursor.value();
          kind = Kind.NUMBER;
        }
        case OtlpFields.AnyValue.ARRAY -> {
          cursor.expectBytes();
          array(cursor.start(), cursor.end(), lists);
        }
        case OtlpFields.AnyValue.DOUBLE -> whole(Double.longBitsToDouble(Wire.fixed64(cursor)));
        case OtlpFields.AnyValue.BOOL -> {
          clear();
          number = cursor.value() != 0 ? 1 : 0;
          kind = Kind.OTHER;
        }
        case OtlpFields.AnyValue.MAP, OtlpFields.AnyValue.BYTES -> {
          cursor.skip();
          clear();
          kind = Kind.OTHER;
        }
        default -> cursor.skip();
      }
    }
  }

  private void whole(double value) {
    clear();
    if (value == (long) value && Math.abs(value) < 1L << 53) {
      number = (long) value;
      kind = Kind.WHOLE;
    } else {
      kind = Kind.OTHER;
    }
  }

  /** A value that is empty is none. */
  private void text(int from, int to) {
    clear();
    if (from < to) {
      textStart = from;
      textEnd = to;
      kind = Kind.TEXT;
    }
  }

  private void array(int from, int to, boolean lists) throws MalformedProfileException {
    int values = 0;
    int first = 0;
    int end = 0;
    Cursor cursor = Wire.over(dictionary.data, from, to);
    while (cursor.next()) {
      if (cursor.field() == OtlpFields.AnyValue.VALUES) {
        cursor.expectBytes();
        values++;
        first = cursor.start();
        end = cursor.end();
      } else {
        cursor.skip();
      }
    }
    if (lists && values == 1) {
      read(first, end, false);
    } else {
      clear();
      kind = Kind.OTHER;
    }
  }

  Kind kind() {
    return kind;
  }

  int textStart() {
    return textStart;
  }

  /** −1 = it is no text. */
  int textEnd() {
    return textEnd;
  }

  /** Where the text is in the string table; −1 = it is none, or stands in the value. */
  int textIndex() {
    return textIndex;
  }

  /** Of a bool it is 1 when it is true; of others that are no number it is 0. */
  long number() {
    return number;
  }

  /** For people and labels; of a text or a number. */
  String shown() throws MalformedProfileException, OutOfRoomException {
    return kind == Kind.TEXT ? dictionary.text(textStart, textEnd) : Long.toString(number);
  }
}
