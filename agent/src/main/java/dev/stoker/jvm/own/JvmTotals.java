package dev.stoker.jvm.own;

import dev.stoker.jvm.stack.StackValues;
import java.util.EnumMap;
import java.util.Map;

/** The sums of one life of the recording so far. Immutable. */
public final class JvmTotals {
  private final long life;
  private final long timeNanos;
  private final Map<JfrKind, StackValues> values;

  /**
   * @param life Unix nanoseconds of the recording's start: totals of two lives cannot be compared
   * @param timeNanos Unix nanoseconds of the reading
   * @param values the caller's no more
   */
  JvmTotals(long life, long timeNanos, Map<JfrKind, StackValues> values) {
    this.life = life;
    this.timeNanos = timeNanos;
    this.values = new EnumMap<>(values);
  }

  long life() {
    return life;
  }

  long timeNanos() {
    return timeNanos;
  }

  StackValues of(JfrKind kind) {
    return values.getOrDefault(kind, new StackValues());
  }

  /** The difference to an earlier reading; everything if the recording began in between. */
  StackValues since(JvmTotals earlier, JfrKind kind) {
    return life == earlier.life ? of(kind).minus(earlier.of(kind)) : of(kind);
  }
}
