package dev.stoker.pprof;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/** Compresses and inflates whole gzip bodies; {@link Inflation} does the latter within a bound. */
public final class Gzip {
  private static final int CHUNK = 32 << 10;

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
    try (Inflation inflation = new Inflation(new Giants(Integer.MAX_VALUE))) {
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

  /** One gzip member, by a raw deflater that is reset first. */
  public static byte[] deflate(byte[] plain, int length, Deflater deflater) {
    deflater.reset();
    deflater.setInput(plain, 0, length);
    deflater.finish();
    ByteArrayOutputStream out = new ByteArrayOutputStream(length / 3 + 64);
    out.writeBytes(new byte[] {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, (byte) 0xff});
    byte[] chunk = new byte[Math.min(CHUNK, length + 64)];
    while (!deflater.finished()) {
      out.write(chunk, 0, deflater.deflate(chunk));
    }
    CRC32 crc = new CRC32();
    crc.update(plain, 0, length);
    writeInt(out, (int) crc.getValue());
    writeInt(out, length);
    return out.toByteArray();
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
