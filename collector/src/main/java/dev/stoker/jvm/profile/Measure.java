package dev.stoker.jvm.profile;

/** A quantity that is summed by stack; {@link Series} decides which sample types it becomes. */
public enum Measure {
  CPU,
  WALL,
  ALLOCATED_IN_NEW_TLAB,
  ALLOCATED_OUTSIDE_TLAB,
  ALLOCATED,
  LIVE,
  MALLOC,
  MONITOR,
  PARK
}
