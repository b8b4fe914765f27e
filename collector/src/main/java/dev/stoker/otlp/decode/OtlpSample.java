package dev.stoker.otlp.decode;

import dev.stoker.otlp.OtlpFields;
import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.pprof.wire.Cursor;
import dev.stoker.pprof.wire.Growable.Ints;

/** Reads one sample. Used again from sample to sample; for one request, on one thread. */
final class OtlpSample {
  final Ints attributes = new Ints();
  private final byte[] data;
  private final Cursor cursor = Wire.cursor();
  private final Cursor packed = Wire.cursor();
  private long stack;
  private long link;
  private long sum;
  private int values;
  private int times;
  private boolean loose;

  OtlpSample(byte[] data) {
    this.data = data;
  }

  void read(int from, int to) throws MalformedProfileException {
    attributes.size = 0;
    stack = 0;
    link = 0;
    sum = 0;
    values = 0;
    times = 0;
    cursor.over(data, from, to);
    while (cursor.next()) {
      switch (cursor.field()) {
        case OtlpFields.Sample.STACK -> stack = cursor.value();
        case OtlpFields.Sample.ATTRIBUTES -> Indexes.add(cursor, data, attributes);
        case OtlpFields.Sample.LINK -> link = cursor.value();
        case OtlpFields.Sample.VALUES -> values();
        case OtlpFields.Sample.TIMESTAMPS -> times();
        default -> cursor.skip();
      }
    }
    if (values == 0 && times == 0) {
      throw Wire.wrong("a sample has neither values nor timestamps_unix_nano");
    }
    if (values != 0 && times != 0 && values != times) {
      throw Wire.wrong("a sample has " + values + " values for " + times + " timestamps");
    }
  }

  private void values() throws MalformedProfileException {
    if (cursor.wireType() != Cursor.BYTES) {
      loose = true;
      add(cursor.value());
      return;
    }
    packed.over(data, cursor.start(), cursor.end());
    while (!packed.atEnd()) {
      add(packed.varint());
    }
  }

  private void add(long value) throws MalformedProfileException {
    long next = sum + value;
    if (((sum ^ next) & (value ^ next)) < 0) {
      throw Wire.wrong("the values of a sample are too large");
    }
    sum = next;
    values++;
  }

  private void times() throws MalformedProfileException {
    if (cursor.wireType() != Cursor.BYTES) {
      Wire.fixed64(cursor);
      times++;
      return;
    }
    int bytes = cursor.end() - cursor.start();
    if (bytes % Long.BYTES != 0) {
      throw Wire.wrong("the timestamps of a sample are no fixed64");
    }
    times += bytes / Long.BYTES;
  }

  long stack() {
    return stack;
  }

  /** 0 = none. */
  long link() {
    return link;
  }

  /** The sum of its values; each timestamp without one counts as 1. */
  long value() {
    return values == 0 ? times : sum;
  }

  /**
   * A sample had values that are not packed, which is allowed, but what an older link looks like.
   */
  boolean isLoose() {
    return loose;
  }
}
