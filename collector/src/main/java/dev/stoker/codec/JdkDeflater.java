package dev.stoker.codec;

import java.io.ByteArrayOutputStream;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/** The JDK's zlib, at its fastest level. */
final class JdkDeflater implements GzipDeflater {
  private static final int CHUNK = 32 << 10;

  private final Deflater deflater = new Deflater(Deflater.BEST_SPEED, /* nowrap= */ true);
  private final CRC32 crc = new CRC32();

  @Override
  public byte[] gzip(byte[] plain, int length) {
    deflater.reset();
    deflater.setInput(plain, 0, length);
    deflater.finish();
    ByteArrayOutputStream out = new ByteArrayOutputStream(length / 3 + 64);
    out.writeBytes(new byte[] {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, (byte) 0xff});
    byte[] chunk = new byte[Math.min(CHUNK, length + 64)];
    while (!deflater.finished()) {
      out.write(chunk, 0, deflater.deflate(chunk));
    }
    crc.reset();
    crc.update(plain, 0, length);
    writeInt(out, (int) crc.getValue());
    writeInt(out, length);
    return out.toByteArray();
  }

  private static void writeInt(ByteArrayOutputStream out, int v) {
    out.write(v);
    out.write(v >> 8);
    out.write(v >> 16);
    out.write(v >> 24);
  }

  @Override
  public void close() {
    deflater.end();
  }
}
