package dev.stoker.pprof;

/** What one cumulative body comes to, before the baseline moves. */
public sealed interface DeltaOutcome {
  /**
   * The process behind the target was seen to have restarted: another build id, or a lower total.
   */
  boolean reset();

  /**
   * @param body gzipped pprof
   */
  record Delta(byte[] body, boolean reset) implements DeltaOutcome {}

  /** Nothing changed, so nothing is to be sent. */
  record Nothing(boolean reset) implements DeltaOutcome {}
}
