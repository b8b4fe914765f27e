package dev.stoker.jvm.own;

/** A quantity that is summed from a recording, with its unit. */
public enum JfrKind {
  /** <code>jdk.ExecutionSample</code>: threads that run Java code; nanoseconds. */
  CPU,
  /**
   * <code>jdk.ObjectAllocationSample</code>: weight, which sums up to what was allocated; bytes.
   */
  ALLOCATION,
  /** <code>jdk.JavaMonitorEnter</code>: waiting for a contended monitor; nanoseconds. */
  MONITOR,
  /**
   * <code>jdk.ThreadPark</code>: parked, by a lock or a queue of java.util.concurrent; nanoseconds.
   */
  PARK
}
