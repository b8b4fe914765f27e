package dev.stoker.jvm;

import dev.stoker.recording.EventKind;
import dev.stoker.recording.RecordedEvent;
import dev.stoker.recording.RecordedEvent.Field;
import dev.stoker.recording.RecordingChunk;
import java.util.Map;

/**
 * How a recording was made, as its own <code>jdk.ActiveSetting</code> events say. async-profiler
 * writes them into the first chunk only, so they hold on; the JDK writes them into every chunk.
 */
final class SamplingSettings {
  /** JDK's profile.jfc has 20 ms for Java code; async-profiler 10 ms and 50 ms. */
  private static final long JDK_PERIOD = 20_000_000;

  private static final long PROFILER_PERIOD = 10_000_000;
  private static final long PROFILER_WALL_PERIOD = 50_000_000;
  private static final Map<String, Long> UNITS =
      Map.of("ns", 1L, "us", 1_000L, "ms", 1_000_000L, "s", 1_000_000_000L, "m", 60_000_000_000L);

  private long period;
  private long wallPeriod;
  private String event = "";
  private boolean asyncProfiler;

  void add(RecordedEvent setting, RecordingChunk chunk) {
    boolean samples =
        chunk.eventName(setting.get(Field.ID)).equals(EventKind.EXECUTION_SAMPLE.eventName());
    switch (setting.name()) {
      case "event" -> {
        event = setting.value();
        asyncProfiler = true;
      }
      case "engine" -> asyncProfiler = true;
      case "wall" -> wallPeriod = number(setting.value());
      case "interval" -> period = number(setting.value());
      case "period" -> {
        if (samples) {
          period = duration(setting.value());
        }
      }
      default -> {}
    }
  }

  /** async-profiler samples all threads, running or not, as execution samples. */
  boolean isWallClock() {
    return event.equals("wall");
  }

  /** Nanoseconds that an execution sample stands for. */
  long period() {
    if (period > 0) {
      return period;
    }
    return asyncProfiler ? PROFILER_PERIOD : JDK_PERIOD;
  }

  /** Nanoseconds that a wall clock sample stands for. */
  long wallPeriod() {
    if (wallPeriod > 0) {
      return wallPeriod;
    }
    return isWallClock() && period > 0 ? period : PROFILER_WALL_PERIOD;
  }

  private static long number(String text) {
    return text.matches("[0-9]{1,15}") ? Long.parseLong(text) : 0;
  }

  /** Such as <code>20 ms</code>; 0 = of another kind, such as <code>everyChunk</code>. */
  private static long duration(String text) {
    String[] parts = text.strip().split("\\s+", 2);
    Long unit = parts.length == 2 ? UNITS.get(parts[1]) : null;
    return unit == null || !parts[0].matches("[0-9]{1,9}") ? 0 : Long.parseLong(parts[0]) * unit;
  }
}
