package dev.stoker.otlp.decode;

import dev.stoker.otlp.OtlpFields;
import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.pprof.wire.Cursor;

/**
 * Tells whether a request that could not be read fits an older version of the schema. The versions
 * use the same numbers for other fields, so the signs are types on the wire that another version
 * has, and samples all of which make sense in the older order of their fields. For one request, on
 * one thread.
 */
final class SchemaGuess {
  static final String NO_DICTIONARY =
      "the request has no dictionary, so it seems to be of opentelemetry-proto 1.6 or older; Stoker"
          + " reads the schema of 1.10 (profiles v1development 0.3)";

  private static final String TO_1_7 = "it seems to be of opentelemetry-proto 1.7 or older";
  private static final String TO_1_9 =
      "it seems to be of opentelemetry-proto 1.8 or 1.9, whose samples have their fields in another"
          + " order";

  /** In 1.7 these fields of a profile were location_indices and duration_nanos. */
  private static final int OLD_LOCATIONS = OtlpFields.Profile.TIME;

  private static final int OLD_DURATION = OtlpFields.Profile.PERIOD_TYPE;

  /** Fields of a sample in 1.8 and 1.9. */
  private static final int OLD_VALUES = 2;

  private static final int OLD_ATTRIBUTES = 3;
  private static final int OLD_LINK = 4;
  private static final int OLD_TIMESTAMPS = 5;

  private final OtlpRequest.Message message;
  private final byte[] data;
  private final Dictionary dictionary;
  private boolean from17;
  private boolean fits19 = true;

  /** They are those with a field that has another meaning in 1.9. */
  private int samples;

  SchemaGuess(OtlpRequest.Message message, Dictionary dictionary) {
    this.message = message;
    this.data = message.bytes();
    this.dictionary = dictionary;
  }

  /** Which older version it seems to be of, for people; "" = none. */
  String older() {
    try {
      each(
          message.from(),
          message.to(),
          OtlpFields.Request.RESOURCE_PROFILES,
          (resource, end) ->
              each(
                  resource,
                  end,
                  OtlpFields.Resource.SCOPE_PROFILES,
                  (scope, to) -> each(scope, to, OtlpFields.Scope.PROFILES, this::profile)));
    } catch (MalformedProfileException damaged) {
      return "";
    }
    if (from17) {
      return TO_1_7;
    }
    return fits19 && samples > 0 ? TO_1_9 : "";
  }

  private interface Part {
    void read(int from, int to) throws MalformedProfileException;
  }

  private void each(int from, int to, int field, Part part) throws MalformedProfileException {
    Cursor cursor = Wire.over(data, from, to);
    while (cursor.next()) {
      if (cursor.field() == field && cursor.wireType() == Cursor.BYTES) {
        part.read(cursor.start(), cursor.end());
      } else {
        cursor.skip();
      }
    }
  }

  private void profile(int from, int to) throws MalformedProfileException {
    Cursor cursor = Wire.over(data, from, to);
    while (cursor.next()) {
      boolean bytes = cursor.wireType() == Cursor.BYTES;
      from17 |= cursor.field() == OLD_LOCATIONS && bytes;
      from17 |= cursor.field() == OLD_DURATION && cursor.wireType() == Cursor.VARINT;
      if (cursor.field() == OtlpFields.Profile.SAMPLES && bytes) {
        fits19 = fits19 && fits19(cursor.start(), cursor.end());
      } else {
        cursor.skip();
      }
    }
  }

  /** A sample of a stack and times only is the same in both, and no sign of either. */
  private boolean fits19(int from, int to) throws MalformedProfileException {
    int values = 0;
    int times = 0;
    boolean sign = false;
    Cursor cursor = Wire.over(data, from, to);
    while (cursor.next()) {
      int field = cursor.field();
      boolean packed = field == OLD_VALUES || field == OLD_ATTRIBUTES || field == OLD_TIMESTAMPS;
      if (cursor.wireType() != (packed ? Cursor.BYTES : Cursor.VARINT) || !isIn(cursor)) {
        return false;
      }
      sign |= field == OLD_VALUES || field == OLD_ATTRIBUTES || field == OLD_LINK;
      values += field == OLD_VALUES ? numbers(cursor) : 0;
      times += field == OLD_TIMESTAMPS ? (cursor.end() - cursor.start()) / Long.BYTES : 0;
    }
    samples += sign ? 1 : 0;
    return values + times > 0 && (values == 0 || times == 0 || values == times);
  }

  /** Whether what the field refers to is there. */
  private boolean isIn(Cursor field) throws MalformedProfileException {
    return switch (field.field()) {
      case OtlpFields.Sample.STACK -> isIn(field.value(), dictionary.stacks);
      case OLD_ATTRIBUTES -> areAttributes(field);
      case OLD_LINK -> isIn(field.value(), dictionary.links);
      case OLD_VALUES, OLD_TIMESTAMPS -> true;
      default -> false;
    };
  }

  private int numbers(Cursor field) throws MalformedProfileException {
    Cursor packed = Wire.over(data, field.start(), field.end());
    int numbers = 0;
    while (!packed.atEnd()) {
      packed.varint();
      numbers++;
    }
    return numbers;
  }

  private boolean areAttributes(Cursor field) throws MalformedProfileException {
    Cursor packed = Wire.over(data, field.start(), field.end());
    while (!packed.atEnd()) {
      if (!isIn(packed.varint(), dictionary.attributes)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isIn(long index, Dictionary.Table table) {
    return index >= 0 && index < table.size();
  }
}
