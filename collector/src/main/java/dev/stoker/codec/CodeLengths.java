package dev.stoker.codec;

import java.util.Arrays;

/**
 * The head of a block with codes of its own (RFC 1951, 3.2.7): the lengths of its two codes, in a
 * code of their own. Used again from block to block; one thread.
 */
final class CodeLengths {
  private static final int SYMBOLS = 19;
  private static final int AGAIN = 16;
  private static final int ZEROS = 17;
  private static final int MANY_ZEROS = 18;
  private static final int[] ORDER = {
    16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15
  };
  private static final int[] EXTRA_BITS = {2, 3, 7};

  private final byte[] lengths = new byte[286 + 30];
  private final int[] frequencies = new int[SYMBOLS];
  private final HuffmanCode code = new HuffmanCode(SYMBOLS, 7);

  /** Symbols, and above them what comes with the repeating ones. */
  private final int[] symbols = new int[286 + 30];

  private int count;
  private int literalCount;
  private int distanceCount;
  private int orderCount;

  void build(HuffmanCode literals, HuffmanCode distances) {
    literalCount = Math.max(257, used(literals.lengths));
    distanceCount = Math.max(1, used(distances.lengths));
    System.arraycopy(literals.lengths, 0, lengths, 0, literalCount);
    System.arraycopy(distances.lengths, 0, lengths, literalCount, distanceCount);
    count = 0;
    Arrays.fill(frequencies, 0);
    int all = literalCount + distanceCount;
    int at = 0;
    while (at < all) {
      int end = at + 1;
      while (end < all && lengths[end] == lengths[at]) {
        end++;
      }
      run(lengths[at], end - at);
      at = end;
    }
    code.build(frequencies);
    orderCount = SYMBOLS;
    while (orderCount > 4 && code.lengths[ORDER[orderCount - 1]] == 0) {
      orderCount--;
    }
  }

  private static int used(byte[] lengths) {
    int used = lengths.length;
    while (used > 0 && lengths[used - 1] == 0) {
      used--;
    }
    return used;
  }

  private void run(int length, int times) {
    int left = times;
    if (length != 0) {
      add(length, 0);
      left--;
    }
    while (left > 2) {
      int n = Math.min(left, length == 0 ? 138 : 6);
      if (length != 0) {
        add(AGAIN, n - 3);
      } else if (n < 11) {
        add(ZEROS, n - 3);
      } else {
        add(MANY_ZEROS, n - 11);
      }
      left -= n;
    }
    for (; left > 0; left--) {
      add(length, 0);
    }
  }

  private void add(int symbol, int extra) {
    symbols[count++] = extra << 8 | symbol;
    frequencies[symbol]++;
  }

  long bits() {
    return 14
        + 3L * orderCount
        + code.bits(frequencies)
        + 2L * frequencies[AGAIN]
        + 3L * frequencies[ZEROS]
        + 7L * frequencies[MANY_ZEROS];
  }

  void write(BitSink out) {
    out.write(literalCount - 257, 5);
    out.write(distanceCount - 1, 5);
    out.write(orderCount - 4, 4);
    for (int i = 0; i < orderCount; i++) {
      out.write(code.lengths[ORDER[i]], 3);
    }
    for (int i = 0; i < count; i++) {
      int symbol = symbols[i] & 0xff;
      out.write(code.codes[symbol] >>> 4, code.lengths[symbol]);
      if (symbol >= AGAIN) {
        out.write(symbols[i] >>> 8, EXTRA_BITS[symbol - AGAIN]);
      }
    }
  }
}
