package dev.stoker.pprof.wire;

import java.util.Arrays;

/**
 * Arrays of numbers that grow and are used again from profile to profile; each belongs to one CPU
 * thread.
 */
public final class Growable {
  public static final class Ints {
    public int[] at = new int[256];
    public int size;

    public void add(int value) {
      if (size == at.length) {
        at = Arrays.copyOf(at, size * 2);
      }
      at[size++] = value;
    }
  }

  public static final class Longs {
    public long[] at = new long[256];
    public int size;

    public void add(long value) {
      if (size == at.length) {
        at = Arrays.copyOf(at, size * 2);
      }
      at[size++] = value;
    }
  }

  private Growable() {}
}
