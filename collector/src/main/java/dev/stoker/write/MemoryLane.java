package dev.stoker.write;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * What waits, oldest first, and how many bytes all of it has, in flight included. Decides which
 * goes next; counts nothing. Control context only.
 */
final class MemoryLane {
  private final Deque<Parcel> waiting = new ArrayDeque<>();
  private long waitingBytes;
  private long inFlightBytes;

  void add(Parcel parcel) {
    waiting.addLast(parcel);
    waitingBytes += parcel.bytes();
  }

  /** A failed one goes back to where it was: to the front, it is older than what waits. */
  void putBack(Parcel parcel) {
    inFlightBytes -= parcel.bytes();
    waiting.addFirst(parcel);
    waitingBytes += parcel.bytes();
  }

  void settled(Parcel parcel) {
    inFlightBytes -= parcel.bytes();
  }

  /** The first whose time has come, now in flight; null when there is none. */
  @Nullable Parcel take(long nowMillis) {
    for (Iterator<Parcel> parcels = waiting.iterator(); parcels.hasNext(); ) {
      Parcel parcel = parcels.next();
      if (parcel.notBeforeMillis <= nowMillis) {
        parcels.remove();
        waitingBytes -= parcel.bytes();
        inFlightBytes += parcel.bytes();
        return parcel;
      }
    }
    return null;
  }

  /** After an outage those that failed only because of it need not wait any longer. */
  void releaseOutageVictims() {
    for (Parcel parcel : waiting) {
      if (parcel.tries == 0) {
        parcel.notBeforeMillis = 0;
      }
    }
  }

  @Nullable Parcel dropOldest() {
    Parcel oldest = waiting.pollFirst();
    if (oldest != null) {
      waitingBytes -= oldest.bytes();
    }
    return oldest;
  }

  @Nullable Parcel oldest() {
    return waiting.peekFirst();
  }

  /** When the first parcel may go that may not go yet; Long.MAX_VALUE when none waits. */
  long nextDueMillis() {
    long due = Long.MAX_VALUE;
    for (Parcel parcel : waiting) {
      due = Math.min(due, parcel.notBeforeMillis);
    }
    return due;
  }

  int size() {
    return waiting.size();
  }

  long waitingBytes() {
    return waitingBytes;
  }

  long bytes() {
    return waitingBytes + inFlightBytes;
  }

  long inFlightBytes() {
    return inFlightBytes;
  }
}
