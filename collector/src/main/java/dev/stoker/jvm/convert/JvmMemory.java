package dev.stoker.jvm.convert;

import dev.stoker.jvm.chunk.PendingStacks;
import java.util.EnumMap;
import java.util.Map;

/**
 * State that the recordings of one JVM leave for the next one: the stacks of waits that go on, and
 * how samples are taken, which async-profiler writes in its first chunk only. Takes a few hundred
 * KB at most. One thread at a time.
 */
public final class JvmMemory {
  private static final int MAX_PENDING = 512;

  /** The profiler that took a chunk's samples; a recording may have chunks of both. */
  enum Sampler {
    /** JDK's default.jfc has 20 ms. */
    JDK(20_000_000),
    ASYNC_PROFILER(10_000_000);

    /** When a recording neither says it nor has enough samples to tell. */
    final long usualPeriod;

    Sampler(long usualPeriod) {
      this.usualPeriod = usualPeriod;
    }
  }

  private PendingStacks pending = new PendingStacks(MAX_PENDING);
  private final Map<Sampler, SamplingSettings> settings = new EnumMap<>(Sampler.class);
  private final Map<Sampler, Long> workedOut = new EnumMap<>(Sampler.class);

  PendingStacks pending() {
    return pending;
  }

  Map<Sampler, SamplingSettings> settings() {
    return settings;
  }

  /**
   * What samples stand for as the samples themselves say; a recording with few of them takes the
   * period of the one before.
   *
   * @param period 0 = there were too few
   * @return 0 = there never were enough
   */
  long workedOut(Sampler sampler, long period) {
    if (period > 0) {
      workedOut.put(sampler, period);
    }
    return workedOut.getOrDefault(sampler, 0L);
  }

  /** The JVM may have started again: it uses the numbers of stacks again. */
  public void forgetStacks() {
    pending = new PendingStacks(MAX_PENDING);
  }
}
