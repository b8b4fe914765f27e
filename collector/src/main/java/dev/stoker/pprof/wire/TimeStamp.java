package dev.stoker.pprof.wire;

import dev.stoker.pprof.Gzip;
import dev.stoker.pprof.build.ByteSink;
import java.util.Arrays;

/**
 * Sets the time_nanos of a body without decoding it. In protobuf the last value of a scalar field
 * wins, and gzip members may be concatenated, so one field is appended, in a gzip member of its own
 * if the body is gzipped.
 */
public final class TimeStamp {
  public static byte[] set(byte[] body, long timeNanos) {
    ByteSink field = new ByteSink();
    field.tag(ProfileIndex.TIME, Cursor.VARINT);
    field.varint(timeNanos);
    return append(body, field);
  }

  /** Adds a field behind all others, in the same way. */
  public static byte[] append(byte[] body, ByteSink field) {
    byte[] tail =
        Gzip.isGzip(body)
            ? Gzip.stored(field.bytes, field.size)
            : Arrays.copyOf(field.bytes, field.size);
    byte[] stamped = Arrays.copyOf(body, body.length + tail.length);
    System.arraycopy(tail, 0, stamped, body.length, tail.length);
    return stamped;
  }

  private TimeStamp() {}
}
