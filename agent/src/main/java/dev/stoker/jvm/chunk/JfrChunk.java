package dev.stoker.jvm.chunk;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * One chunk of a recording: complete in itself (own constants, own metadata), and the unit in which
 * a recording is read, so that memory does not depend on the recording's length. Layout: JFR file
 * format 2, 68-byte header, big endian.
 */
public final class JfrChunk {
  private static final int HEADER = 68;
  private static final int MAGIC = 0x464c5200; // FLR\0
  private static final int VERSION_AT = 4;
  private static final int SIZE_AT = 8;
  public static final int METADATA_AT = 24;
  private static final int START_AT = 32;
  private static final int DURATION_AT = 40;
  private static final int START_TICKS_AT = 48;

  /** Bytes of a chunk that are allocated before anything of it has been read. */
  private static final int FIRST_BYTES = 1 << 20;

  private final long startNanos;
  private final byte[] bytes;

  /**
   * @param startNanos Unix time of its start, which names it within one JVM
   * @param bytes the whole chunk, header included; owned by the reader, which may change it
   */
  public JfrChunk(long startNanos, byte[] bytes) {
    this.startNanos = startNanos;
    this.bytes = bytes;
  }

  public long startNanos() {
    return startNanos;
  }

  public byte[] bytes() {
    return bytes;
  }

  /** The header of a chunk, which is known before the chunk is read. */
  public static final class Head {
    private final ByteBuffer bytes;

    /**
     * @param bytes the chunk's first 68 bytes
     * @throws IOException no JFR, or of a version that is not known
     */
    Head(ByteBuffer bytes) throws IOException {
      checkVersion(bytes);
      this.bytes = bytes;
    }

    /** Unix time. */
    public long startNanos() {
      return bytes.getLong(START_AT);
    }

    /** 0 = not known. */
    public long durationNanos() {
      return Math.max(0, bytes.getLong(DURATION_AT));
    }

    /** Ticks of the JVM's clock at the chunk's start. */
    public long startTicks() {
      return bytes.getLong(START_TICKS_AT);
    }

    /** Bytes of the whole chunk. */
    public long size() {
      return bytes.getLong(SIZE_AT);
    }
  }

  /** Tells which chunks are wanted before they are read. */
  @FunctionalInterface
  public interface Filter {
    boolean wanted(long startNanos);

    /**
     * @throws IOException ends the reading
     */
    default boolean wanted(Head head) throws IOException {
      return wanted(head.startNanos());
    }
  }

  /**
   * @param chunk at least its first 8 bytes
   * @throws IOException no JFR, or of a version that is not known
   */
  public static void checkVersion(ByteBuffer chunk) throws IOException {
    if (chunk.remaining() < SIZE_AT || chunk.getInt(chunk.position()) != MAGIC) {
      throw new IOException("not a JFR chunk: the signature FLR is missing");
    }
    int major = chunk.getShort(chunk.position() + VERSION_AT);
    int minor = chunk.getShort(chunk.position() + VERSION_AT + Short.BYTES);
    if (major != 1 && major != 2) {
      throw new IOException(
          "the JFR recording is of version "
              + major
              + "."
              + minor
              + (major == 0 ? ", as Oracle's JDK 7 and 8 write them" : "")
              + "; versions 1 and 2 can be read (JDK 9 and later, OpenJDK 8u262 and later,"
              + " async-profiler)");
    }
  }

  @FunctionalInterface
  public interface Visitor {
    void chunk(JfrChunk chunk) throws IOException;
  }

  /**
   * Reads chunk after chunk; holds one at a time. The stream stays open.
   *
   * @param maxBytes a larger chunk ends the reading
   * @throws IOException no JFR, truncated, too large, or the stream's own
   */
  public static void forEach(InputStream in, int maxBytes, Filter filter, Visitor visitor)
      throws IOException {
    byte[] header = new byte[HEADER];
    for (int got; (got = in.readNBytes(header, 0, HEADER)) > 0; ) {
      Head head = new Head(ByteBuffer.wrap(header, 0, got));
      if (got < HEADER) {
        throw new EOFException("truncated JFR chunk");
      }
      long size = head.size();
      if (size < HEADER) {
        throw new IOException("not a complete JFR chunk: its size is " + size);
      }
      if (!filter.wanted(head)) {
        skip(in, size - HEADER);
        continue;
      }
      if (size > maxBytes) {
        throw new IOException("a JFR chunk of " + size + " bytes is over the limit of " + maxBytes);
      }
      visitor.chunk(new JfrChunk(head.startNanos(), read(in, header, (int) size)));
    }
  }

  /**
   * The size is the sender's word: what is there already is allocated at once, as in a file; the
   * rest, as in a packed body, grows with what really comes.
   */
  private static byte[] read(InputStream in, byte[] header, int size) throws IOException {
    int first = Math.max(FIRST_BYTES, HEADER + in.available());
    byte[] bytes = Arrays.copyOf(header, Math.min(size, first));
    int have = HEADER;
    while (true) {
      have += in.readNBytes(bytes, have, bytes.length - have);
      if (have < bytes.length) {
        throw new EOFException("truncated JFR chunk");
      }
      if (have == size) {
        return bytes;
      }
      bytes = Arrays.copyOf(bytes, (int) Math.min(size, 2L * bytes.length));
    }
  }

  private static void skip(InputStream in, long bytes) throws IOException {
    for (long left = bytes; left > 0; ) {
      long skipped = in.skip(left);
      if (skipped <= 0) {
        if (in.read() < 0) {
          throw new EOFException("truncated JFR chunk");
        }
        skipped = 1;
      }
      left -= skipped;
    }
  }

  @Override
  public String toString() {
    return "JfrChunk[startNanos=" + startNanos + ", bytes=" + bytes.length + "]";
  }
}
