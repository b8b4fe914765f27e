package dev.stoker.codec;

/**
 * Inflates one raw deflate stream (RFC 1951) in one call, when all of its output has room. Each is
 * owned by one thread at a time. It is only a faster way: whatever it does not finish, a caller
 * does again with the JDK's inflater, whose errors and limits are the ones that count.
 */
public interface WholeInflater extends AutoCloseable {
  /** Of {@link #inflate}: not finished, for whatever reason. */
  int UNFINISHED = -1;

  /**
   * @param from offset of the stream's first byte; what follows the stream is not looked at
   * @param at offset of the first byte of output
   * @param limit end of the room in <code>out</code>; bytes behind the output may be written over
   *     up to here
   * @return bytes of output, or {@link #UNFINISHED}
   */
  int inflate(byte[] in, int from, byte[] out, int at, int limit);

  /** Bytes of input that the last stream, which was finished, had. */
  int consumed();

  @Override
  void close();
}
