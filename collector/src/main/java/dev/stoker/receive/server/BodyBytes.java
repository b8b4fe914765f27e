package dev.stoker.receive.server;

import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/**
 * The memory that all requests of one receiver take, from the first byte of a body until the answer
 * is out. Bytes are taken as they arrive, never because a header announces them. A quarter is for
 * the first {@link #SMALL} bytes of bodies alone, so that a few large bodies never keep the small
 * ones out. When it is full, a body that comes slower than {@link #SLOWEST} gives way to whoever
 * asks; else the one that asks is refused. Owned by the control context.
 */
final class BodyBytes {
  /** Most profiles of real services are smaller. */
  static final int SMALL = 128 << 10;

  /** Bytes a second. */
  static final long SLOWEST = 64 << 10;

  private static final long GRACE_NANOS = 1_000_000_000L;

  private final Set<Share> reading = new LinkedHashSet<>();
  private long capacity;
  private long used;
  private long usedByLarge;

  BodyBytes(long capacity) {
    this.capacity = capacity;
  }

  void capacity(long bytes) {
    capacity = bytes;
  }

  long used() {
    return used;
  }

  /**
   * For one body.
   *
   * @param yield runs when it has to give way; it closes the share
   */
  Share open(long nowNanos, Runnable yield) {
    Share share = new Share(nowNanos, yield);
    reading.add(share);
    return share;
  }

  /** Makes the slowest body give way, one that has had its second. False = there is none. */
  boolean yieldSlowest(long nowNanos) {
    Optional<Share> slowest =
        reading.stream()
            .filter(share -> share.isSlow(nowNanos))
            .min(Comparator.comparingLong(share -> share.rate(nowNanos)));
    slowest.ifPresent(
        share -> {
          reading.remove(share);
          share.yield.run();
        });
    return slowest.isPresent();
  }

  /** What one request holds. Closing it gives all back. */
  final class Share {
    private final long since;
    private final Runnable yield;
    private long held;
    private boolean closed;

    private Share(long since, Runnable yield) {
      this.since = since;
      this.yield = yield;
    }

    /** Takes so many bytes more; false = there is no room, and nothing was taken. */
    boolean take(long bytes, long nowNanos) {
      while (closed || !fits(bytes)) {
        if (closed || !yieldSlowest(nowNanos) || closed) {
          return false;
        }
      }
      move(bytes);
      return true;
    }

    private boolean fits(long bytes) {
      long large = Math.max(0, held + bytes - SMALL) - Math.max(0, held - SMALL);
      // Alone, a body may have all there is.
      return used + bytes <= capacity
          && (large == 0 || used == held || usedByLarge + large <= capacity / 4 * 3);
    }

    private void move(long bytes) {
      long before = Math.max(0, held - SMALL);
      held += bytes;
      used += bytes;
      usedByLarge += Math.max(0, held - SMALL) - before;
    }

    /** The body is whole: it does not depend on its client any more. */
    void complete() {
      reading.remove(this);
    }

    void close() {
      if (!closed) {
        closed = true;
        reading.remove(this);
        move(-held);
      }
    }

    private boolean isSlow(long nowNanos) {
      return nowNanos - since > GRACE_NANOS && rate(nowNanos) < SLOWEST;
    }

    private long rate(long nowNanos) {
      return held * 1_000 / Math.max(1, (nowNanos - since) / 1_000_000);
    }
  }
}
