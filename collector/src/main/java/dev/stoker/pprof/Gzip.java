package dev.stoker.pprof;

import dev.stoker.codec.Codecs;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/** Compresses and inflates whole gzip bodies; {@link Inflation} does the latter within a bound. */
public final class Gzip {
  private static final int CHUNK = 32 << 10;
  private static final byte[] HEADER = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, (byte) 0xff};

  private Gzip() {}

  public static boolean isGzip(byte[] body) {
    return body.length >= 2 && (body[0] & 0xff) == 0x1f && (body[1] & 0xff) == 0x8b;
  }

  /**
   * Inflates all members of a gzip body and checks CRC and length of each.
   *
   * @param maxInflated bytes of output allowed; memory use is bounded by about twice this
   * @throws MalformedProfileException truncated, corrupt or too large
   */
  public static byte[] inflate(byte[] body, long maxInflated) throws MalformedProfileException {
    try (Inflation inflation = new Inflation(new Giants(Integer.MAX_VALUE), Codecs.jdk())) {
      inflation.inflate(body, maxInflated);
      byte[] out = inflation.bytes();
      return inflation.length() == out.length ? out : Arrays.copyOf(out, inflation.length());
    }
  }

  /** One gzip member; level as in {@link Deflater}. */
  public static byte[] deflate(byte[] plain, int length, int level) {
    Deflater deflater = new Deflater(level, true);
    try {
      return deflate(plain, length, deflater);
    } finally {
      deflater.end();
    }
  }

  /**
   * One gzip member with one stored block (RFC 1951, 3.2.4): for some bytes, which no compression
   * makes shorter, without the cost of a deflater.
   *
   * @param length at most 65,535
   */
  public static byte[] stored(byte[] plain, int length) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(length + 23);
    out.writeBytes(HEADER);
    out.write(1);
    out.write(length);
    out.write(length >> 8);
    out.write(~length);
    out.write(~length >> 8);
    out.write(plain, 0, length);
    trailer(plain, length, out);
    return out.toByteArray();
  }

  private static byte[] deflate(byte[] plain, int length, Deflater deflater) {
    deflater.setInput(plain, 0, length);
    deflater.finish();
    ByteArrayOutputStream out = new ByteArrayOutputStream(length / 3 + 64);
    out.writeBytes(HEADER);
    byte[] chunk = new byte[Math.min(CHUNK, length + 64)];
    while (!deflater.finished()) {
      out.write(chunk, 0, deflater.deflate(chunk));
    }
    trailer(plain, length, out);
    return out.toByteArray();
  }

  private static void trailer(byte[] plain, int length, ByteArrayOutputStream out) {
    CRC32 crc = new CRC32();
    crc.update(plain, 0, length);
    writeInt(out, (int) crc.getValue());
    writeInt(out, length);
  }

  /**
   * The inflated size that the last member's trailer claims (modulo 4 GiB): cheap, and a lie when
   * the sender wants it to be; never allocate by it without a bound.
   */
  public static long claimedSize(byte[] body) {
    return body.length < 18 ? 0 : GzipHeader.readInt(body, body.length - 4) & 0xffffffffL;
  }

  private static void writeInt(ByteArrayOutputStream out, int v) {
    out.write(v);
    out.write(v >> 8);
    out.write(v >> 16);
    out.write(v >> 24);
  }
}
