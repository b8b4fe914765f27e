package dev.stoker.pprof;

import java.util.concurrent.Semaphore;

/**
 * Bounds the memory that all threads together hold for very large inflated profiles: a few are
 * worked on at once, and the other threads wait. Thread-safe.
 */
public final class Giants {
  /** An inflated profile of 64 MiB, with what it grew out of and the index of what is where. */
  private static final long ROOM = 128L << 20;

  /** Bytes that an inflated profile takes beside itself: what it grew out of. */
  public static final long GROWTH = Inflation.GIANT;

  private final long mostInflated;
  private final Semaphore permits;

  /**
   * @param bytes for all of them
   */
  public Giants(long bytes) {
    this.mostInflated = Math.max(Inflation.GIANT, bytes - GROWTH);
    this.permits = new Semaphore((int) Math.max(1, Math.min(64, bytes / ROOM)), true);
  }

  long mostInflated() {
    return mostInflated;
  }

  void enter() {
    permits.acquireUninterruptibly();
  }

  void leave() {
    permits.release();
  }
}
