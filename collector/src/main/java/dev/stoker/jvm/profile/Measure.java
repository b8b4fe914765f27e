package dev.stoker.jvm.profile;

/** What is summed by stack; which sample types it becomes is {@link Series}' business. */
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
