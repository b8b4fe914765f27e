package dev.stoker.receive.ingest;

import dev.stoker.pprof.build.PprofWriter;
import dev.stoker.receive.InvalidPush;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A pprof profile that is made of stacks and numbers. Its memory is bounded. */
final class StackProfile {
  /** More than any program has. */
  private static final int MOST_FUNCTIONS = 200_000;

  private static final long MOST_FRAMES = 2_000_000;
  private static final int MOST_DEPTH = 4_096;
  private static final double MOST_VALUE = 9e18;

  private final PprofWriter writer;
  private final double scale;
  private final Set<String> functions = new HashSet<>();
  private long frames;
  private double sum;

  StackProfile(SeriesType type, long sampleRate) {
    boolean scaled = type.timed() && sampleRate > 0;
    long periodNanos = scaled ? 1_000_000_000L / sampleRate : 0;
    this.scale = scaled ? 1e9 / sampleRate : 1;
    this.writer =
        new PprofWriter(List.of(type.type()), type.period(), periodNanos, type.type().type());
  }

  /**
   * @param stack root first; empty = it is left out
   */
  void add(List<String> stack, long value) throws InvalidPush {
    if (stack.isEmpty() || value <= 0) {
      return;
    }
    frames += stack.size();
    sum += value * scale;
    if (stack.size() > MOST_DEPTH || frames > MOST_FRAMES) {
      throw new InvalidPush(
          "a stack has more than "
              + MOST_DEPTH
              + " frames, or all of them more than "
              + MOST_FRAMES);
    }
    if (sum > MOST_VALUE) {
      throw new InvalidPush("the values are too large to be added up");
    }
    int[] locations = new int[stack.size()];
    for (int i = 0; i < locations.length; i++) {
      String frame = stack.get(i);
      functions.add(frame);
      locations[locations.length - 1 - i] = writer.location(frame, "", 0);
    }
    if (functions.size() > MOST_FUNCTIONS) {
      throw new InvalidPush("the profile has more than " + MOST_FUNCTIONS + " functions");
    }
    writer.sample(locations, Math.round(value * scale));
  }

  boolean isEmpty() {
    return frames == 0;
  }

  /** Gzipped. */
  byte[] finish(IngestQuery query) {
    return writer.finish(query.fromNanos(), query.untilNanos() - query.fromNanos());
  }
}
