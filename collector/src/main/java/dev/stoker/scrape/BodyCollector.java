package dev.stoker.scrape;

import io.vertx.core.buffer.Buffer;
import java.util.Arrays;

/**
 * Gathers a body into one array. Presized when the length is known, which saves the copies that
 * Vert.x' own aggregation makes (measured: a third of the CPU of a fetch).
 */
final class BodyCollector {
  static final int CHUNK = 64 << 10;

  private byte[] bytes;
  private int size;

  /**
   * @param expected Content-Length, or -1; already checked against the limit
   */
  BodyCollector(long expected) {
    this.bytes = new byte[expected < 0 ? CHUNK : (int) expected];
  }

  void add(Buffer buffer) {
    int needed = size + buffer.length();
    if (needed > bytes.length) {
      bytes =
          Arrays.copyOf(
              bytes, (int) Math.min(Integer.MAX_VALUE - 64, Math.max(needed, bytes.length * 2L)));
    }
    buffer.getBytes(bytes, size);
    size = needed;
  }

  int size() {
    return size;
  }

  byte[] body() {
    return size == bytes.length ? bytes : Arrays.copyOf(bytes, size);
  }
}
