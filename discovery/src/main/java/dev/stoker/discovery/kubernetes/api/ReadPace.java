package dev.stoker.discovery.kubernetes.api;

import java.time.Duration;

/**
 * When the reading of a busy watch rests for a moment, so that several changes are read at once: to
 * wake up for each, through all layers of the client, costs several times what the change itself
 * does. It rests only after it has read {@link #LEAST} pieces and then had to wait for the next
 * one: what has piled up is read to its end, and on a machine short of CPU, where any piece comes
 * late, there still is a bound on how slow it gets. Used by one thread at a time.
 */
final class ReadPace {
  static final Duration REST = Duration.ofMillis(250);

  /** Pieces between two rests: 64 a second at least. */
  static final int LEAST = 16;

  /** A piece that comes later was waited for. */
  private static final long WAITED_NANOS = 10_000_000;

  /** A piece that comes later is the first of a new busy time. */
  private static final long QUIET_NANOS = 1_000_000_000;

  private long lastNanos = System.nanoTime() - QUIET_NANOS - 1;
  private int pieces;

  /**
   * A piece has come.
   *
   * @param nanos when, of a monotonic clock
   * @return whether to rest now
   */
  boolean rests(long nanos) {
    long waited = nanos - lastNanos;
    lastNanos = nanos;
    if (waited > QUIET_NANOS) {
      pieces = 0;
    }
    pieces++;
    if (pieces < LEAST || waited < WAITED_NANOS) {
      return false;
    }
    pieces = 0;
    return true;
  }
}
