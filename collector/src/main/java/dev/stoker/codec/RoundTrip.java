package dev.stoker.codec;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.Deflater;
import java.util.zip.GZIPInputStream;

/**
 * Tries a native library out before it is trusted with bodies: sizes at which such code goes wrong,
 * against the JDK's zlib. A library that fails is not used.
 */
final class RoundTrip {
  private static final int[] SIZES = {0, 1, 2, 31, 4096, 65_535, 65_536, 65_537, 131_072, 300_001};

  /** Bytes beside the output that a library must not touch. */
  private static final int FENCE = 16;

  private static final byte MARK = 0x5a;

  private RoundTrip() {}

  /**
   * @throws IllegalStateException what comes out is not what went in
   */
  static void check(GzipDeflater deflater) {
    for (int size : SIZES) {
      for (byte[] plain : bodies(size)) {
        byte[] gzip = deflater.gzip(plain, size);
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(gzip))) {
          require(Arrays.equals(in.readAllBytes(), plain), "a body of ", size);
        } catch (IOException corrupt) {
          throw new IllegalStateException("it compresses " + size + " bytes to no gzip", corrupt);
        }
      }
    }
  }

  /**
   * @throws IllegalStateException what comes out is not what went in, or bytes beside it changed
   */
  static void check(WholeInflater inflater) {
    for (int size : SIZES) {
      for (byte[] plain : bodies(size)) {
        byte[] packed = deflate(plain);
        byte[] in = new byte[FENCE + packed.length + FENCE];
        System.arraycopy(packed, 0, in, FENCE, packed.length);
        byte[] out = new byte[FENCE + size + FENCE];
        Arrays.fill(out, MARK);

        int n = inflater.inflate(in, FENCE, out, FENCE, FENCE + size);
        require(n == size && inflater.consumed() == packed.length, "a stream of ", size);
        require(Arrays.equals(out, FENCE, FENCE + size, plain, 0, size), "a stream of ", size);
        require(marked(out, 0) && marked(out, FENCE + size), "the room beside ", size);

        if (size > 0) {
          Arrays.fill(out, MARK);
          int small = inflater.inflate(in, FENCE, out, FENCE, FENCE + size - 1);
          require(
              small == WholeInflater.UNFINISHED && marked(out, FENCE + size - 1),
              "too little room for ",
              size);
        }
        int cut =
            inflater.inflate(
                Arrays.copyOf(in, FENCE + packed.length - 1), FENCE, out, FENCE, FENCE + size);
        require(cut == WholeInflater.UNFINISHED, "the first part of ", size);
      }
    }
  }

  private static boolean marked(byte[] out, int from) {
    for (int i = from; i < Math.min(from + FENCE, out.length); i++) {
      if (out[i] != MARK) {
        return false;
      }
    }
    return true;
  }

  /** Bytes that compress well, a little and not at all; equal in each run. */
  private static byte[][] bodies(int size) {
    byte[] zero = new byte[size];
    byte[] some = new byte[size];
    byte[] noise = new byte[size];
    Random random = new Random(size);
    random.nextBytes(noise);
    for (int i = 0; i < size; i++) {
      some[i] = (byte) (i % 7 == 0 ? noise[i] : i / 5);
    }
    return new byte[][] {zero, some, noise};
  }

  private static byte[] deflate(byte[] plain) {
    Deflater deflater = new Deflater(Deflater.BEST_SPEED, /* nowrap= */ true);
    deflater.setInput(plain);
    deflater.finish();
    byte[] out = new byte[plain.length + plain.length / 8 + 64];
    int n = deflater.deflate(out);
    deflater.end();
    return Arrays.copyOf(out, n);
  }

  private static void require(boolean holds, String what, int bytes) {
    if (!holds) {
      throw new IllegalStateException("it failed its trial: " + what + bytes + " bytes");
    }
  }
}
