package dev.stoker.jvm.convert;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Corrects the first allocation sample of threads that are older than the recording. <code>
 * jdk.ObjectAllocationSample</code> weighs what its thread has allocated since its last sample, so
 * the first sample of an older thread weighs everything since the thread began. In the chunk in
 * which a recording begins, such a first weight is cut to the mean of the thread's other samples.
 * First means first by time: the file does not have a thread's events in order.
 */
final class FirstAllocations {
  /** Enough of a thread's own samples to tell its mean. */
  private static final int OWN_SAMPLES = 3;

  private static final int MAX_THREADS = 100_000;

  /**
   * A sample to be added.
   *
   * @param start ticks of the chunk's clock
   * @param counts false = it only tells what others weigh
   */
  record Sample(ChunkTally.Key key, long weight, long start, boolean counts) {
    Sample(ChunkTally.Key key, long weight, long start) {
      this(key, weight, start, true);
    }
  }

  @FunctionalInterface
  interface Sink {
    void add(ChunkTally.Key key, long weight);
  }

  private static final class PerThread {
    Sample first;
    long count;
    long sum;

    PerThread(Sample first) {
      this.first = first;
    }
  }

  private final Map<Long, PerThread> threads = new HashMap<>();
  private final Set<Long> started = new HashSet<>();
  private long count;
  private long sum;

  /** A thread that began within the chunk: its first weight is right. */
  void started(long thread) {
    if (started.size() < MAX_THREADS) {
      started.add(thread);
    }
  }

  /**
   * Holds back the first sample of each thread.
   *
   * @return what is not the first: this sample, or the one that was taken for it; null = none
   */
  @Nullable Sample hold(long thread, Sample sample) {
    PerThread known = threads.get(thread);
    if (known == null && threads.size() < MAX_THREADS) {
      threads.put(thread, new PerThread(sample));
      return null;
    }
    Sample later = sample;
    if (known != null) {
      if (sample.start < known.first.start) {
        later = known.first;
        known.first = sample;
      }
      known.count++;
      known.sum += later.weight;
    }
    count++;
    sum += later.weight;
    return later;
  }

  /**
   * @param cut false = the recording is older than the chunk: the weights are right
   */
  void release(boolean cut, Sink sink) {
    threads.forEach(
        (thread, held) -> {
          long weight = held.first.weight;
          if (cut && !started.contains(thread)) {
            weight = Math.min(weight, mean(held));
          }
          if (weight > 0 && held.first.counts) {
            sink.add(held.first.key, weight);
          }
        });
    threads.clear();
    started.clear();
    count = 0;
    sum = 0;
  }

  private long mean(PerThread thread) {
    if (thread.count >= OWN_SAMPLES) {
      return thread.sum / thread.count;
    }
    return count == 0 ? 0 : sum / count;
  }
}
