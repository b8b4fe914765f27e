package dev.stoker.codec;

/**
 * Compresses whole bodies at the least cost of CPU. Each is owned by one thread at a time, is used
 * for many bodies, and frees its native memory at its end.
 */
public interface GzipDeflater extends AutoCloseable {
  /**
   * One gzip member (RFC 1952).
   *
   * @param plain is only read
   * @param length bytes of it that count, from the first
   * @return the caller's own
   */
  byte[] gzip(byte[] plain, int length);

  @Override
  void close();
}
