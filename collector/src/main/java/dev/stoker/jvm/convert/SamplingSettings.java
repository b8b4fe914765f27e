package dev.stoker.jvm.convert;

import dev.stoker.jvm.recording.EventKind;
import dev.stoker.jvm.recording.RecordedEvent;
import dev.stoker.jvm.recording.RecordedEvent.Field;
import dev.stoker.jvm.recording.RecordingChunk;
import java.util.Map;

/**
 * The settings with which a chunk's samples were taken, from its own <code>jdk.ActiveSetting</code>
 * events. A setting belongs to an event type: other events have an <code>interval</code> or a
 * <code>period</code> of their own.
 */
final class SamplingSettings {
  private static final Map<String, Long> UNITS =
      Map.of("ns", 1L, "us", 1_000L, "ms", 1_000_000L, "s", 1_000_000_000L, "m", 60_000_000_000L);

  private long period;
  private long wallPeriod;
  private String event = "";

  void add(RecordedEvent setting, RecordingChunk chunk) {
    String of = chunk.eventName(setting.get(Field.ID));
    if (of.equals(EventKind.EXECUTION_SAMPLE.eventName())) {
      ofSamples(setting.name(), setting.value());
    } else if (of.equals(EventKind.WALL_CLOCK_SAMPLE.eventName())
        && setting.name().equals("wall")) {
      wallPeriod = number(setting.value());
    } else if (of.equals(EventKind.ACTIVE_RECORDING.eventName())
        && setting.name().equals("event")) {
      event = setting.value();
    }
  }

  private void ofSamples(String name, String value) {
    switch (name) {
      case "interval" -> period = number(value);
      case "period" -> period = duration(value);
      case "wall" -> wallPeriod = number(value);
      default -> {}
    }
  }

  /** Anything about samples. */
  boolean isEmpty() {
    return period == 0 && wallPeriod == 0 && event.isEmpty();
  }

  /** async-profiler samples all threads, running or not, as execution samples. */
  boolean isWallClock() {
    return event.equals("wall");
  }

  /** What async-profiler was told to sample; "" = not said. */
  String event() {
    return event;
  }

  /** Nanoseconds that an execution sample stands for; 0 = not said. */
  long period() {
    return period;
  }

  /** Nanoseconds that a wall clock sample stands for; 0 = not said. */
  long wallPeriod() {
    return wallPeriod == 0 && isWallClock() ? period : wallPeriod;
  }

  private static long number(String text) {
    return text.matches("[0-9]{1,15}") ? Long.parseLong(text) : 0;
  }

  /**
   * Nanoseconds of a period such as <code>20 ms</code>; 0 = another kind of value, such as <code>
   * everyChunk</code>.
   */
  private static long duration(String text) {
    String[] parts = text.strip().split("\\s+", 2);
    Long unit = parts.length == 2 ? UNITS.get(parts[1]) : null;
    return unit == null || !parts[0].matches("[0-9]{1,9}") ? 0 : Long.parseLong(parts[0]) * unit;
  }
}
