package dev.stoker.scrape.source.jolokia;

import dev.stoker.concurrent.Timers;
import java.nio.ByteBuffer;

/** A recording that Stoker has begun in a target. */
final class OwnRecording {
  private static final int HEADER = 68;
  private static final int SIZE_AT = 8;
  private static final int START_AT = 32;
  private static final int DURATION_AT = 40;

  final long id;
  final String name;
  final long startedMillis;

  /** Monotonic nanoseconds of its start: a step of the wall clock does not change its age. */
  final long startedNanos;

  /**
   * Unix milliseconds by the target's clock from which the next scrape reads; 0 = from the start.
   */
  private long nextMillis;

  OwnRecording(long id, String name, Timers timers) {
    this.id = id;
    this.name = name;
    this.startedMillis = timers.wallMillis();
    this.startedNanos = timers.nanoTime();
  }

  long nextMillis() {
    return nextMillis;
  }

  /** Notes the chunks that were read. The converter complains about bytes that are no chunk. */
  void read(byte[] body) {
    ByteBuffer bytes = ByteBuffer.wrap(body);
    for (long at = 0; at + HEADER <= body.length; ) {
      long end = bytes.getLong((int) at + START_AT) + bytes.getLong((int) at + DURATION_AT);
      nextMillis = Math.max(nextMillis, end / 1_000_000 + 1);
      long size = bytes.getLong((int) at + SIZE_AT);
      at = size < HEADER ? body.length : at + Math.min(size, body.length);
    }
  }
}
