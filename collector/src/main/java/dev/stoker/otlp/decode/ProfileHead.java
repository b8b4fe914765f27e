package dev.stoker.otlp.decode;

import dev.stoker.otlp.OtlpFields;
import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.pprof.wire.Cursor;
import dev.stoker.pprof.wire.Growable.Ints;

/**
 * Everything of an OTLP profile but its samples, and where these are. Used again from profile to
 * profile; for one request, on one thread.
 */
final class ProfileHead {
  /** As in every other profile that is taken. */
  static final int MOST_SAMPLES = 900_000;

  final Ints sampleStart = new Ints();
  final Ints sampleEnd = new Ints();
  final Ints attributes = new Ints();
  private final Dictionary dictionary;
  private TypeNames.Type sampleType = TypeNames.Type.NONE;
  private TypeNames.Type periodType = TypeNames.Type.NONE;
  private boolean typed;
  private long period;
  private long timeNanos;
  private long durationNanos;

  /**
   * @param samples that a profile has at most
   */
  ProfileHead(Dictionary dictionary, int samples) {
    this.dictionary = dictionary;
    sampleStart.at = new int[Math.max(1, samples)];
    sampleEnd.at = new int[Math.max(1, samples)];
  }

  void read(int from, int to) throws MalformedProfileException, OutOfRoomException {
    sampleStart.size = 0;
    sampleEnd.size = 0;
    attributes.size = 0;
    sampleType = TypeNames.Type.NONE;
    periodType = TypeNames.Type.NONE;
    typed = false;
    period = 0;
    timeNanos = 0;
    durationNanos = 0;
    Cursor cursor = Wire.over(dictionary.data, from, to);
    while (cursor.next()) {
      field(cursor);
    }
    if (!typed) {
      throw Wire.wrong("the profile has no sample_type");
    }
  }

  private void field(Cursor cursor) throws MalformedProfileException, OutOfRoomException {
    switch (cursor.field()) {
      case OtlpFields.Profile.SAMPLE_TYPE -> {
        sampleType = type(dictionary, cursor);
        typed = true;
      }
      case OtlpFields.Profile.SAMPLES -> sample(cursor);
      case OtlpFields.Profile.TIME -> timeNanos = Wire.fixed64(cursor);
      case OtlpFields.Profile.DURATION -> durationNanos = cursor.value();
      case OtlpFields.Profile.PERIOD_TYPE -> periodType = type(dictionary, cursor);
      case OtlpFields.Profile.PERIOD -> period = cursor.value();
      case OtlpFields.Profile.ID -> cursor.expectBytes();
      case OtlpFields.Profile.ATTRIBUTES -> Indexes.add(cursor, dictionary.data, attributes);
      default -> cursor.skip();
    }
  }

  private void sample(Cursor cursor) throws MalformedProfileException {
    cursor.expectBytes();
    if (sampleStart.size >= MOST_SAMPLES) {
      throw Wire.wrong("the profile has more than " + MOST_SAMPLES + " samples");
    }
    sampleStart.add(cursor.start());
    sampleEnd.add(cursor.end());
  }

  static TypeNames.Type type(Dictionary dictionary, Cursor field)
      throws MalformedProfileException, OutOfRoomException {
    field.expectBytes();
    Cursor cursor = Wire.over(dictionary.data, field.start(), field.end());
    String type = "";
    String unit = "";
    while (cursor.next()) {
      switch (cursor.field()) {
        case OtlpFields.ValueType.TYPE -> type = dictionary.string(cursor.value());
        case OtlpFields.ValueType.UNIT -> unit = dictionary.string(cursor.value());
        default -> cursor.skip();
      }
    }
    return new TypeNames.Type(type, unit);
  }

  TypeNames.Said said() {
    return new TypeNames.Said(sampleType, periodType, period);
  }

  int samples() {
    return sampleStart.size;
  }

  long period() {
    return period;
  }

  /** Unix time; 0 = not said. */
  long timeNanos() {
    return timeNanos;
  }

  long durationNanos() {
    return durationNanos;
  }
}
