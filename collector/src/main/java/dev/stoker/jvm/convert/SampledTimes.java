package dev.stoker.jvm.convert;

import dev.stoker.jvm.convert.JvmMemory.Sampler;
import dev.stoker.jvm.profile.Measure;
import dev.stoker.jvm.stack.StackValues;
import java.util.EnumMap;
import java.util.Map;

/**
 * Turns samples into nanoseconds. The period of a sample is in the chunk itself, in an earlier
 * chunk of the same sampler, or in a later chunk of the same recording. Samples are counted until
 * it is known; if no chunk has it, it is estimated from the samples. For one recording, on one
 * thread.
 */
final class SampledTimes {
  /**
   * Default of async-profiler, nanoseconds, for the wall clock that it runs in addition to another
   * event.
   */
  private static final long USUAL_WALL_PERIOD = 50_000_000;

  /** Samples that wait for their period. */
  private static final class Waiting {
    final Map<Sampled, StackValues> counts = new EnumMap<>(Sampled.class);
    final SampleGaps gaps = new SampleGaps();
    final SampleGaps wallGaps = new SampleGaps();
  }

  private final JvmMemory memory;
  private final Map<Measure, StackValues> values;
  private final Map<Sampler, SamplingSettings> here = new EnumMap<>(Sampler.class);
  private final Map<Sampler, Waiting> waiting = new EnumMap<>(Sampler.class);
  private long cpuPeriod;
  private long wallPeriod;
  private boolean estimated;

  /**
   * @param values get the times
   */
  SampledTimes(JvmMemory memory, Map<Measure, StackValues> values) {
    this.memory = memory;
    this.values = values;
  }

  /** Returns the collector of the times between the samples of a chunk. */
  SampleGaps gaps(Sampler sampler, boolean wallClock) {
    return wallClock ? waiting(sampler).wallGaps : waiting(sampler).gaps;
  }

  private Waiting waiting(Sampler sampler) {
    return waiting.computeIfAbsent(sampler, ignored -> new Waiting());
  }

  /**
   * @param own what the chunk itself says
   * @param counts the chunk's samples
   */
  void add(Sampler sampler, SamplingSettings own, Map<Sampled, StackValues> counts) {
    if (!own.isEmpty()) {
      here.put(sampler, own);
    }
    SamplingSettings settings = here.get(sampler);
    SampleGaps gaps = gaps(sampler, false);
    SampleGaps wallGaps = gaps(sampler, true);
    if (settings != null && says(settings, counts)) {
      gaps.dropChunk();
      wallGaps.dropChunk();
      apply(settings, settings.period(), settings.wallPeriod(), counts);
      return;
    }
    gaps.endChunk();
    wallGaps.endChunk();
    Waiting of = waiting(sampler);
    counts.forEach(
        (kind, stacks) -> {
          StackValues into = of.counts.computeIfAbsent(kind, ignored -> new StackValues());
          stacks.forEach((stack, value) -> into.add(stack, value.count(), 0));
        });
  }

  private static boolean says(SamplingSettings settings, Map<Sampled, StackValues> counts) {
    for (Sampled kind : counts.keySet()) {
      if ((kind.isOfWallClock() ? settings.wallPeriod() : settings.period()) == 0) {
        return false;
      }
    }
    return true;
  }

  /** No chunk follows. */
  void finish() {
    waiting.forEach(this::finish);
    memory.settings().putAll(here);
  }

  private void finish(Sampler sampler, Waiting of) {
    if (of.counts.isEmpty()) {
      return;
    }
    SamplingSettings settings = here.get(sampler);
    if (settings == null) {
      settings = memory.settings().getOrDefault(sampler, new SamplingSettings());
    }
    if (says(settings, of.counts)) {
      apply(settings, settings.period(), settings.wallPeriod(), of.counts);
      return;
    }
    estimated = true;
    apply(
        settings,
        first(settings.period(), memory.workedOut(sampler, of.gaps.period()), sampler.usualPeriod),
        first(settings.wallPeriod(), of.wallGaps.period(), USUAL_WALL_PERIOD),
        of.counts);
  }

  private static long first(long said, long workedOut, long usual) {
    long known = said == 0 ? workedOut : said;
    return known == 0 ? usual : known;
  }

  /**
   * As Pyroscope converts recordings itself: a recording of the wall clock has its running threads
   * as CPU besides.
   */
  private void apply(
      SamplingSettings settings, long period, long ofWall, Map<Sampled, StackValues> counts) {
    counts.forEach(
        (kind, stacks) -> {
          boolean wall = settings.isWallClock();
          switch (kind) {
            case RUNNING -> {
              cpu(stacks, period);
              wall(wall, stacks, period);
            }
            case OF_UNKNOWN_STATE -> {
              if (!wall) {
                cpu(stacks, period);
              }
              wall(wall, stacks, period);
            }
            case SLEEPING -> wall(wall, stacks, period);
            case WALL_RUNNING -> {
              if (wall) {
                cpu(stacks, ofWall);
              }
              wall(true, stacks, ofWall);
            }
            case WALL_OTHER -> wall(true, stacks, ofWall);
          }
        });
  }

  private void cpu(StackValues stacks, long period) {
    cpuPeriod = period;
    add(Measure.CPU, stacks, period);
  }

  private void wall(boolean counts, StackValues stacks, long period) {
    if (counts) {
      wallPeriod = period;
      add(Measure.WALL, stacks, period);
    }
  }

  private void add(Measure measure, StackValues stacks, long period) {
    StackValues into = values.computeIfAbsent(measure, ignored -> new StackValues());
    stacks.forEach((stack, value) -> into.add(stack, value.count(), value.count() * period));
  }

  /** Period of the last samples that became CPU time, nanoseconds; 0 = there were none. */
  long cpuPeriod() {
    return cpuPeriod;
  }

  /** Period of the last samples that became wall clock time, nanoseconds; 0 = there were none. */
  long wallPeriod() {
    return wallPeriod;
  }

  /** Some period was not said by the recordings. */
  boolean isEstimated() {
    return estimated;
  }
}
