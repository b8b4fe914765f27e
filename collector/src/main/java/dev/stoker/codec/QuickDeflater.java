package dev.stoker.codec;

import java.util.Arrays;
import java.util.zip.CRC32;

/**
 * Deflates in Java, for where no native library is: two thirds of the time of zlib's fastest level,
 * for an output that is some percent larger. It looks for what came before in one place only, and
 * ever less often where it finds nothing. One thread.
 */
final class QuickDeflater implements GzipDeflater {
  private static final int LOG = 13;

  /** Mixes four bytes (2^32 divided by the golden ratio). */
  private static final int MIX = 0x9E3779B1;

  /** Logarithm of how many vain looks there are until one byte more is passed over. */
  private static final int PATIENCE = 5;

  private static final byte[] HEAD = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, (byte) 0xff};
  private static final int TRAILER = 8;

  /** By hash, the four bytes that were seen last, and below them their offset. */
  private final long[] seen = new long[1 << LOG];

  private final DeflateBlock block = new DeflateBlock();
  private final CRC32 crc = new CRC32();

  @Override
  public byte[] gzip(byte[] plain, int length) {
    Arrays.fill(seen, Integer.toUnsignedLong(-1 - DeflateBlock.FARTHEST)); // too far from all
    BitSink out = new BitSink(length / 3 + 128);
    out.copy(HEAD, 0, HEAD.length);
    int from = 0;
    do {
      int to = Math.min(length, from + DeflateBlock.BYTES);
      block.begin();
      findMatches(plain, from, to);
      block.write(plain, from, to, to == length, out);
      from = to;
    } while (from < length);
    out.room(TRAILER);
    out.align();
    crc.reset();
    crc.update(plain, 0, length);
    writeInt(out, (int) crc.getValue());
    writeInt(out, length);
    out.align();
    return out.toByteArray();
  }

  private void findMatches(byte[] in, int from, int to) {
    long[] places = seen;
    int limit = to - DeflateBlock.SHORTEST;
    int vain = 0;
    int at = from;
    int word = at <= limit ? word(in, at) : 0;
    while (at <= limit) {
      int hash = word * MIX >>> 32 - LOG;
      long place = places[hash];
      places[hash] = (long) word << 32 | at;
      int before = (int) place;
      if ((int) (place >>> 32) == word && at - before <= DeflateBlock.FARTHEST) {
        vain = 0;
        int length = same(in, before, at, to);
        block.match(at, length, at - before);
        at += length;
        word = at <= limit ? word(in, at) : 0;
      } else {
        int step = 1 + (vain++ >> PATIENCE);
        at += step;
        if (at <= limit) {
          word = step == 1 ? word >>> 8 | in[at + 3] << 24 : word(in, at);
        }
      }
    }
  }

  /** How many bytes are the same; the first four are. */
  private static int same(byte[] in, int before, int at, int to) {
    int most = Math.min(to - at, DeflateBlock.LONGEST);
    int length = DeflateBlock.SHORTEST;
    while (length < most && in[before + length] == in[at + length]) {
      length++;
    }
    return length;
  }

  private static int word(byte[] in, int at) {
    return in[at] & 0xff | (in[at + 1] & 0xff) << 8 | (in[at + 2] & 0xff) << 16 | in[at + 3] << 24;
  }

  private static void writeInt(BitSink out, int value) {
    out.write(value & 0xffff, 16);
    out.write(value >>> 16, 16);
  }

  @Override
  public void close() {}
}
