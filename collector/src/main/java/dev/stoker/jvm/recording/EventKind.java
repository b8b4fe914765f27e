package dev.stoker.jvm.recording;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Events that profiles are made of, by the names that JDK and async-profiler give them. */
public enum EventKind {
  ACTIVE_SETTING("jdk.ActiveSetting"),
  ACTIVE_RECORDING("jdk.ActiveRecording"),
  THREAD_START("jdk.ThreadStart"),
  EXECUTION_SAMPLE("jdk.ExecutionSample"),
  CPU_TIME_SAMPLE("jdk.CPUTimeSample"),
  WALL_CLOCK_SAMPLE("profiler.WallClockSample"),
  ALLOCATION_IN_NEW_TLAB("jdk.ObjectAllocationInNewTLAB"),
  ALLOCATION_OUTSIDE_TLAB("jdk.ObjectAllocationOutsideTLAB"),
  ALLOCATION_SAMPLE("jdk.ObjectAllocationSample"),
  LIVE_OBJECT("profiler.LiveObject"),
  MALLOC("profiler.Malloc"),
  MONITOR_ENTER("jdk.JavaMonitorEnter"),
  NATIVE_LOCK("profiler.NativeLock"),
  THREAD_PARK("jdk.ThreadPark");

  private static final Map<String, EventKind> BY_NAME = byName();

  private final String eventName;

  EventKind(String eventName) {
    this.eventName = eventName;
  }

  public String eventName() {
    return eventName;
  }

  static @Nullable EventKind of(String eventName) {
    return BY_NAME.get(eventName);
  }

  private static Map<String, EventKind> byName() {
    Map<String, EventKind> kinds = new HashMap<>();
    for (EventKind kind : values()) {
      kinds.put(kind.eventName, kind);
    }
    return Map.copyOf(kinds);
  }
}
