package dev.stoker.jvm.convert;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Estimates the sampling period from the samples. A sampler takes no two samples of a thread within
 * one period; a thread that waits, or a busy machine, makes the gaps longer. So the period is the
 * shortest gap from which on gaps are dense. One thread.
 */
final class SampleGaps {
  /** More samples say no more. */
  private static final int MAX_SAMPLES = 20_000;

  /** Some threads are seen twice in one round. */
  private static final long SHORTEST = 100_000;

  private static final int FEWEST = 3;

  /** So much wider than its shortest gap is a dense stretch. */
  private static final double STRETCH = 1.25;

  /** Share of all gaps that lie in a dense stretch: one in fifty. */
  private static final int DENSE = 50;

  private static final long MILLI = 1_000_000;

  private record At(long thread, long nanos, long samples) {}

  private final List<At> chunk = new ArrayList<>();
  private long[] gaps = new long[256];
  private int size;

  /**
   * @param thread the chunk's key
   * @param samples how many rounds the sample stands for
   */
  void add(long thread, long nanos, long samples) {
    if (chunk.size() < MAX_SAMPLES) {
      chunk.add(new At(thread, nanos, samples));
    }
  }

  /** Keys of threads hold within a chunk only. */
  void endChunk() {
    chunk.sort(Comparator.comparingLong(At::thread).thenComparingLong(At::nanos));
    for (int i = 1; i < chunk.size() && size < MAX_SAMPLES; i++) {
      At before = chunk.get(i - 1);
      At at = chunk.get(i);
      long gap = (at.nanos() - before.nanos()) / Math.max(1, before.samples());
      if (at.thread() == before.thread() && gap >= SHORTEST) {
        if (size == gaps.length) {
          gaps = Arrays.copyOf(gaps, size * 2);
        }
        gaps[size++] = gap;
      }
    }
    chunk.clear();
  }

  /** Forgets the gaps of a chunk whose period is known. */
  void dropChunk() {
    chunk.clear();
  }

  /** Nanoseconds; 0 = too few samples to tell. */
  long period() {
    long[] sorted = Arrays.copyOf(gaps, size);
    Arrays.sort(sorted);
    int dense = Math.max(FEWEST, size / DENSE);
    int end = 0;
    for (int i = 0; i < size; i++) {
      while (end < size && sorted[end] <= sorted[i] * STRETCH) {
        end++;
      }
      if (end - i >= dense) {
        return rounded(sorted[i + (end - i) / 4]);
      }
    }
    return 0;
  }

  /** People choose whole milliseconds; below five, tenths of them. */
  private static long rounded(long nanos) {
    long step = nanos >= 5 * MILLI ? MILLI : MILLI / 10;
    return Math.max(step, (nanos + step / 2) / step * step);
  }
}
