package dev.stoker.otlp.encode;

import dev.stoker.pprof.MalformedProfileException;

/** The bound on what one profile becomes. */
final class Bound {
  /** Bytes of a request before it is compressed; OTLP has one sample for each value of pprof. */
  static final int BYTES = 64 << 20;

  static void check(long bytes) throws MalformedProfileException {
    if (bytes > BYTES) {
      throw new MalformedProfileException(
          "as OTLP the profile would have more than " + BYTES + " bytes");
    }
  }

  private Bound() {}
}
