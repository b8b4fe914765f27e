package dev.stoker.jvm;

/** What is summed by stack; which sample types it becomes is {@link Series}' business. */
enum Measure {
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
