package dev.stoker.selfprofile;

import dev.stoker.jfr.Frame;
import dev.stoker.jfr.JfrKind;
import dev.stoker.jfr.Stack;
import dev.stoker.jfr.StackValues;
import dev.stoker.pprof.PprofReader.ValueType;
import dev.stoker.pprof.PprofWriter;
import java.util.List;
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

  /** The same and parked threads: locks and queues of java.util.concurrent. */
  BLOCK("block", contentions());

  private final String name;
  private final List<ValueType> types;

  GoProfile(String name, List<ValueType> types) {
    this.name = name;
    this.types = types;
  }

  /** As in <code>/debug/pprof/NAME</code>. */
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

  private List<JfrKind> kinds() {
    return switch (this) {
      case PROFILE -> List.of(JfrKind.CPU);
      case ALLOCS -> List.of(JfrKind.ALLOCATION);
      case MUTEX -> List.of(JfrKind.MONITOR);
      case BLOCK -> List.of(JfrKind.MONITOR, JfrKind.PARK);
    };
  }

  private PprofWriter writer() {
    return switch (this) {
      case PROFILE -> new PprofWriter(types, types.get(1), JvmProfiler.CPU_PERIOD.toNanos(), "cpu");
      // The mean distance between two samples is not fixed: the weights are already scaled up.
      case ALLOCS -> new PprofWriter(types, type("space", "bytes"), 1, "alloc_space");
      case MUTEX, BLOCK -> new PprofWriter(types, types.get(0), 1, "delay");
    };
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
