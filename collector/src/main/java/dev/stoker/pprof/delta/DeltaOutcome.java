package dev.stoker.pprof.delta;

/** The result for one cumulative body, before the baseline moves. */
public sealed interface DeltaOutcome {
  /**
   * The process behind the target was seen to have restarted: another build id, or a lower total.
   */
  boolean reset();

  /**
   * True if a stretch of time before this profile is in no delta: there was a baseline once, but it
   * is lost or does not fit. The caller counts the gap when this outcome is accepted.
   */
  boolean gap();

  /**
   * @param body gzipped pprof
   */
  record Delta(byte[] body, boolean reset, boolean gap) implements DeltaOutcome {}

  /** Nothing changed, so there is nothing to send. */
  record Nothing(boolean reset, boolean gap) implements DeltaOutcome {}
}
