package dev.stoker.otlp.decode;

import dev.stoker.pprof.build.ByteSink;

/** The writing half of protobuf for pprof: profile.proto of google/pprof. */
final class Pprof {
  static final int SAMPLE_TYPE = 1;
  static final int SAMPLE = 2;
  static final int TIME = 9;
  static final int DURATION = 10;
  static final int PERIOD_TYPE = 11;
  static final int PERIOD = 12;

  private static final int VARINT = 0;

  /** A field with a number; 0 is left out. */
  static void number(ByteSink sink, int field, long value) {
    if (value != 0) {
      sink.tag(field, VARINT);
      sink.varint(value);
    }
  }

  private Pprof() {}
}
