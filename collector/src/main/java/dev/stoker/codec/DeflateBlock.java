package dev.stoker.codec;

import java.util.Arrays;

/**
 * One block of deflate (RFC 1951): its matches are collected, then it is written with codes of its
 * own, or as it is where that is shorter. Used again from block to block; one thread.
 */
final class DeflateBlock {
  /** A block has at most so many bytes; only up to 65,535 can be stored. */
  static final int BYTES = 32 << 10;

  static final int SHORTEST = 4;
  static final int LONGEST = 258;
  static final int FARTHEST = 32 << 10;
  private static final int MATCHES = BYTES / SHORTEST + 1;
  private static final int END = 256;
  private static final int LITERALS = 286;
  private static final int DISTANCES = 30;

  private final int[] frequencies = new int[LITERALS];
  private final int[] distanceFrequencies = new int[DISTANCES];
  private final HuffmanCode literals = new HuffmanCode(LITERALS, 15);
  private final HuffmanCode distances = new HuffmanCode(DISTANCES, 15);
  private final CodeLengths head = new CodeLengths();

  /** Of each match: the offset where it begins, its length, and the distance less one. */
  private final int[] starts = new int[MATCHES];

  private final short[] lengths = new short[MATCHES];
  private final short[] offsets = new short[MATCHES];
  private int count;

  /** By length, its symbol; and for the block that is written, code and further bits as one. */
  private final byte[] lengthSymbols = new byte[LONGEST + 1];

  private final int[] lengthCodes = new int[LONGEST + 1];

  /** By offset below 256, and by offset / 128, the symbol of the distance. */
  private final byte[] distanceSymbols = new byte[512];

  DeflateBlock() {
    for (int length = 3; length < LONGEST; length++) {
      lengthSymbols[length] = (byte) symbol(length - 3, 2);
    }
    lengthSymbols[LONGEST] = LITERALS - END - 2;
    for (int i = 0; i < 256; i++) {
      distanceSymbols[i] = (byte) symbol(i, 1);
      distanceSymbols[256 + i] = (byte) symbol(i << 7, 1);
    }
  }

  /** Symbols stand for ranges whose size doubles after each 4, or 2, of them. */
  private static int symbol(int offset, int log) {
    int bits = 31 - Integer.numberOfLeadingZeros(offset | 1);
    int further = Math.max(0, bits - log);
    return (further << log) + (offset >> further);
  }

  private static int further(int symbol, int log) {
    return Math.max(0, (symbol >> log) - 1);
  }

  void begin() {
    count = 0;
    Arrays.fill(frequencies, 0);
    Arrays.fill(distanceFrequencies, 0);
  }

  /** The bytes from there on are the same as those before by the distance. */
  void match(int start, int length, int distance) {
    int offset = distance - 1;
    starts[count] = start;
    lengths[count] = (short) length;
    offsets[count++] = (short) offset;
    frequencies[END + 1 + lengthSymbols[length]]++;
    distanceFrequencies[distanceSymbol(offset)]++;
  }

  private int distanceSymbol(int offset) {
    return distanceSymbols[offset < 256 ? offset : 256 + (offset >> 7)];
  }

  /**
   * @param last nothing comes after it
   */
  void write(byte[] in, int from, int to, boolean last, BitSink out) {
    countLiterals(in, from, to);
    frequencies[END] = 1;
    literals.build(frequencies);
    distances.build(distanceFrequencies);
    head.build(literals, distances);
    long bits = bits();
    if (bits >= 8L * (to - from)) {
      store(in, from, to, last, out);
      return;
    }
    out.room((int) (bits >> 3) + 64);
    out.write(last ? 5 : 4, 3);
    head.write(out);
    prepareLengths();
    emit(in, from, to, out);
    out.write(literals.codes[END] >>> 4, literals.lengths[END]);
  }

  private void countLiterals(byte[] in, int from, int to) {
    int[] counts = frequencies;
    int at = from;
    for (int i = 0; i <= count; i++) {
      int end = i < count ? starts[i] : to;
      for (; at < end; at++) {
        counts[in[at] & 0xff]++;
      }
      at += i < count ? lengths[i] : 0;
    }
  }

  private long bits() {
    long bits = head.bits() + literals.bits(frequencies) + distances.bits(distanceFrequencies);
    for (int symbol = 0; symbol < LITERALS - END - 2; symbol++) {
      bits += (long) further(symbol, 2) * frequencies[END + 1 + symbol];
    }
    for (int symbol = 0; symbol < DISTANCES; symbol++) {
      bits += (long) further(symbol, 1) * distanceFrequencies[symbol];
    }
    return bits;
  }

  private static void store(byte[] in, int from, int to, boolean last, BitSink out) {
    int length = to - from;
    out.room(length + 16);
    out.write(last ? 1 : 0, 3);
    out.align();
    out.write(length, 16);
    out.write(~length & 0xffff, 16);
    out.copy(in, from, to);
  }

  private void prepareLengths() {
    for (int length = SHORTEST; length <= LONGEST; length++) {
      int symbol = lengthSymbols[length];
      int bits = literals.lengths[END + 1 + symbol];
      int further = length == LONGEST ? 0 : further(symbol, 2);
      int code = literals.codes[END + 1 + symbol] >>> 4 | (length - 3 & (1 << further) - 1) << bits;
      lengthCodes[length] = code << 5 | bits + further;
    }
  }

  private void emit(byte[] in, int from, int to, BitSink out) {
    int at = from;
    for (int i = 0; i < count; i++) {
      out.write(literals.codes, in, at, starts[i]);
      at = starts[i] + lengths[i];
      int length = lengthCodes[lengths[i]];
      out.write(length >>> 5, length & 31);
      int offset = offsets[i] & 0xffff;
      int symbol = distanceSymbol(offset);
      int bits = distances.lengths[symbol];
      int further = further(symbol, 1);
      int code = distances.codes[symbol] >>> 4 | (offset & (1 << further) - 1) << bits;
      out.write(code, bits + further);
    }
    out.write(literals.codes, in, at, to);
  }
}
