package dev.stoker.jvm.own;

import dev.stoker.jvm.stack.Frame;
import dev.stoker.jvm.stack.Stack;
import dev.stoker.jvm.stack.StackValues;
import dev.stoker.pprof.build.PprofWriter;
import dev.stoker.pprof.build.ValueType;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The profiles of a Go service that a JVM can answer, with Go's names, sample types and units
 * (runtime/pprof), so that a puller made for Go needs to know nothing of JVMs.
 */
public enum GoProfile {
  /**
   * CPU time of threads that run Java code, as JFR samples it: native code and the VM are not in.
   */
  PROFILE("profile", List.of(type("samples", "count"), type("cpu", "nanoseconds"))),

  /**
   * Bytes are JFR's estimate of what was allocated; objects are the sampled ones, since JFR does
   * not say how many there were. JFR knows nothing of live objects: <code>inuse_*</code> are there,
   * because readers of Go profiles expect them, and are zero.
   */
  ALLOCS(
      "allocs",
      List.of(
          type("alloc_objects", "count"),
          type("alloc_space", "bytes"),
          type("inuse_objects", "count"),
          type("inuse_space", "bytes"))),

  /** Waiting for a contended monitor, at the stack that waits (Go's is at the one that unlocks). */
  MUTEX("mutex", contentions()),

  /** Waits for monitors, and parked threads: locks and queues of java.util.concurrent. */
  BLOCK("block", contentions()),

  /** The platform threads of this moment; virtual ones are not in. Needs no recording. */
  GOROUTINE("goroutine", List.of(type("goroutine", "count")));

  private final String name;
  private final List<ValueType> types;

  GoProfile(String name, List<ValueType> types) {
    this.name = name;
    this.types = types;
  }

  /** The profile with the name in <code>/debug/pprof/NAME</code>. */
  public String path() {
    return name;
  }

  static Optional<GoProfile> named(String name) {
    for (GoProfile profile : values()) {
      if (profile.name.equals(name)) {
        return Optional.of(profile);
      }
    }
    return Optional.empty();
  }

  /**
   * Of all but {@link #GOROUTINE}.
   *
   * @param from begin of the window; null = all of this life
   * @return gzipped pprof
   */
  byte[] encode(@Nullable JvmTotals from, JvmTotals to) {
    PprofWriter writer = writer();
    for (JfrKind kind : kinds()) {
      StackValues values = from == null ? to.of(kind) : to.since(from, kind);
      values.forEach((stack, value) -> writer.sample(locations(stack, writer), values(value)));
    }
    return writer.finish(to.timeNanos(), from == null ? 0 : to.timeNanos() - from.timeNanos());
  }

  /**
   * Of {@link #GOROUTINE}.
   *
   * @return gzipped pprof
   */
  static byte[] encode(Collection<StackTraceElement[]> threads, long timeNanos) {
    PprofWriter writer = GOROUTINE.writer();
    Map<Stack, Integer> counts = new LinkedHashMap<>();
    for (StackTraceElement[] frames : threads) {
      if (frames.length > 0) {
        counts.merge(Stack.of(frames), 1, Integer::sum);
      }
    }
    counts.forEach((stack, count) -> writer.sample(locations(stack, writer), count));
    return writer.finish(timeNanos, 0);
  }

  private List<JfrKind> kinds() {
    switch (this) {
      case PROFILE:
        return List.of(JfrKind.CPU);
      case ALLOCS:
        return List.of(JfrKind.ALLOCATION);
      case MUTEX:
        return List.of(JfrKind.MONITOR);
      case BLOCK:
        return List.of(JfrKind.MONITOR, JfrKind.PARK);
      default:
        throw new IllegalStateException(name + " is not made of a recording");
    }
  }

  private PprofWriter writer() {
    switch (this) {
      case PROFILE:
        return new PprofWriter(types, types.get(1), JvmProfiler.CPU_PERIOD.toNanos(), "cpu");
      case ALLOCS:
        // The mean distance between two samples is not fixed: the weights are already scaled up.
        return new PprofWriter(types, type("space", "bytes"), 1, "alloc_space");
      case GOROUTINE:
        return new PprofWriter(types, types.get(0), 1, "goroutine");
      default:
        return new PprofWriter(types, types.get(0), 1, "delay");
    }
  }

  private long[] values(StackValues.Value value) {
    return this == ALLOCS
        ? new long[] {value.count(), value.sum(), 0, 0}
        : new long[] {value.count(), value.sum()};
  }

  private static int[] locations(Stack stack, PprofWriter writer) {
    List<Frame> frames = stack.frames();
    int[] locations = new int[frames.size()];
    for (int i = 0; i < locations.length; i++) {
      Frame frame = frames.get(i);
      locations[i] = writer.location(frame.function(), frame.file(), frame.line());
    }
    return locations;
  }

  private static List<ValueType> contentions() {
    return List.of(type("contentions", "count"), type("delay", "nanoseconds"));
  }

  private static ValueType type(String name, String unit) {
    return new ValueType(name, unit);
  }
}
