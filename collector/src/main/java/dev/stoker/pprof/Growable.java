package dev.stoker.pprof;

import java.util.Arrays;

/** Arrays of numbers that grow and are used again; the workspace of one CPU thread. */
final class Growable {
  static final class Ints {
    int[] at = new int[256];
    int size;

    void add(int value) {
      if (size == at.length) {
        at = Arrays.copyOf(at, size * 2);
      }
      at[size++] = value;
    }
  }

  static final class Longs {
    long[] at = new long[256];
    int size;

    void add(long value) {
      if (size == at.length) {
        at = Arrays.copyOf(at, size * 2);
      }
      at[size++] = value;
    }
  }

  private Growable() {}
}
