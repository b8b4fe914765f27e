package dev.stoker.codec;

import java.util.Arrays;

/**
 * A Huffman code for one block of deflate (RFC 1951, 3.2.2), made from how often each symbol comes.
 * Used again from block to block; one thread.
 */
final class HuffmanCode {
  private static final int MOST_BITS = 15;

  private final int limit;
  private final long[] sorted;
  private final int[] weights;
  private final int[] ofLength = new int[MOST_BITS + 2];
  private final int[] nextCode = new int[MOST_BITS + 2];

  /** Bits that each symbol takes; 0 = it does not come. */
  final byte[] lengths;

  /** Each symbol's code as it is written, from bit 4 on, and its length in the four bits below. */
  final int[] codes;

  /**
   * @param limit bits of the longest code
   */
  HuffmanCode(int symbols, int limit) {
    this.limit = limit;
    this.sorted = new long[symbols];
    this.weights = new int[symbols];
    this.lengths = new byte[symbols];
    this.codes = new int[symbols];
  }

  /**
   * @param frequencies of the symbols; two of them are made to come, since a code of one symbol is
   *     something that not every inflater takes
   */
  void build(int[] frequencies) {
    Arrays.fill(lengths, (byte) 0);
    int used = 0;
    for (int symbol = 0; symbol < lengths.length; symbol++) {
      if (frequencies[symbol] > 0) {
        sorted[used++] = (long) frequencies[symbol] << 16 | symbol;
      }
    }
    for (int symbol = 0; used < 2; symbol++) {
      if (frequencies[symbol] == 0) {
        frequencies[symbol] = 1;
        sorted[used++] = 1L << 16 | symbol;
      }
    }
    Arrays.sort(sorted, 0, used);
    for (int i = 0; i < used; i++) {
      weights[i] = (int) (sorted[i] >>> 16);
    }
    depths(weights, used);
    limitDepths(used);
    int at = 0;
    for (int bits = limit; bits > 0; bits--) {
      for (int n = ofLength[bits]; n > 0; n--) {
        lengths[(int) sorted[at++] & 0xffff] = (byte) bits;
      }
    }
    assign();
  }

  /**
   * Depths in the Huffman tree of weights that are sorted from the lowest on, in their place:
   * Moffat and Katajainen, "In-place calculation of minimum-redundancy codes" (1995).
   */
  private static void depths(int[] a, int n) {
    a[0] += a[1];
    int root = 0;
    int leaf = 2;
    for (int next = 1; next < n - 1; next++) {
      for (int child = 0; child < 2; child++) {
        int sum = child == 0 ? 0 : a[next];
        if (leaf >= n || root < next && a[root] < a[leaf]) {
          a[next] = sum + a[root];
          a[root++] = next;
        } else {
          a[next] = sum + a[leaf++];
        }
      }
    }
    a[n - 2] = 0;
    for (int next = n - 3; next >= 0; next--) {
      a[next] = a[a[next]] + 1;
    }
    root = n - 2;
    int next = n - 1;
    int nodes = 1;
    for (int depth = 0; nodes > 0; depth++) {
      int inner = 0;
      for (; root >= 0 && a[root] == depth; root--) {
        inner++;
      }
      for (; nodes > inner; nodes--) {
        a[next--] = depth;
      }
      nodes = 2 * inner;
    }
  }

  /** Counts the codes of each length; those that are too long take room from shorter ones. */
  private void limitDepths(int used) {
    Arrays.fill(ofLength, 0);
    long room = 1L << limit;
    for (int i = 0; i < used; i++) {
      int bits = Math.min(limit, weights[i]);
      ofLength[bits]++;
      room -= 1L << limit - bits;
    }
    for (; room < 0; room++) {
      int bits = limit - 1;
      while (ofLength[bits] == 0) {
        bits--;
      }
      ofLength[bits]--;
      ofLength[bits + 1] += 2;
      ofLength[limit]--;
    }
  }

  /** Bits that so many symbols take. */
  long bits(int[] frequencies) {
    long bits = 0;
    for (int symbol = 0; symbol < lengths.length; symbol++) {
      bits += (long) frequencies[symbol] * lengths[symbol];
    }
    return bits;
  }

  private void assign() {
    int code = 0;
    for (int bits = 1; bits <= limit; bits++) {
      code = code + ofLength[bits - 1] << 1;
      nextCode[bits] = code;
    }
    for (int symbol = 0; symbol < lengths.length; symbol++) {
      int bits = lengths[symbol];
      if (bits > 0) {
        codes[symbol] = Integer.reverse(nextCode[bits]++) >>> 32 - bits << 4 | bits;
      }
    }
  }
}
