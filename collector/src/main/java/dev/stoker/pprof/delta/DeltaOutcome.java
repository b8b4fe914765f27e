package dev.stoker.pprof.delta;

/** What one cumulative body comes to, before the baseline moves. */
public sealed interface DeltaOutcome {
  /**
   * The process behind the target was seen to have restarted: another build id, or a lower total.
   */
  boolean reset();

  /**
   * What was allocated before this profile and after the last delta of this target is in no delta:
   * there was a baseline once, but it is lost or does not fit. To be counted when this outcome is
   * accepted.
   */
  boolean gap();

  /**
   * @param body gzipped pprof
   */
  record Delta(byte[] body, boolean reset, boolean gap) implements DeltaOutcome {}

  /** Nothing changed, so nothing is to be sent. */
  record Nothing(boolean reset, boolean gap) implements DeltaOutcome {}
}
