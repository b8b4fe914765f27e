package dev.stoker.scrape.fetch;

import java.util.Collection;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The arithmetic of the {@link BodyBudget}: what all bodies take, and whether one may have more. A
 * quarter of all is for the first bytes of bodies alone, and a quarter for the oldest large body
 * alone. Owned by the control context; only {@link #used} may be read anywhere.
 */
final class BodyMemory {
  private final long capacity;
  private final long reserve;

  /**
   * Bytes up to which a body is small. It is less in a small heap, because the small parts of large
   * bodies must not take everything.
   */
  private final long small;

  /** Bodies that hold more than the small part, by their places. */
  private final TreeMap<Long, BodyShare> larges = new TreeMap<>();

  private volatile long used;

  /** Bytes that large bodies hold beyond their small parts. */
  private long usedByLarges;

  /**
   * @param capacity bytes of all bodies together
   */
  BodyMemory(long capacity) {
    this.capacity = capacity;
    this.reserve = capacity / 4;
    this.small = Math.min(BodyBudget.SMALL, capacity / 32);
  }

  long capacity() {
    return capacity;
  }

  long used() {
    return used;
  }

  /** True if the body is still small with so many bytes more. */
  boolean isSmall(BodyShare share, long bytes) {
    return share.held() + bytes <= small;
  }

  /** Bytes of the body that large bodies could use if it ended. */
  long beyondSmall(BodyShare share) {
    return share.held() - small;
  }

  /**
   * @param bytes less than 0 = gives back
   */
  void move(BodyShare share, long bytes) {
    long before = Math.max(0, share.held() - small);
    share.hold(bytes);
    used += bytes;
    long now = Math.max(0, share.held() - small);
    usedByLarges += now - before;
    if (now > 0) {
      larges.put(share.place(), share);
    }
  }

  /** The body has given everything back and has ended. */
  void forget(BodyShare share) {
    larges.remove(share.place());
  }

  boolean fits(BodyShare share, long bytes) {
    long after = share.held() + bytes;
    if (used + Math.max(bytes, 1) > capacity) {
      return false;
    }
    if (after <= small) {
      return true;
    }
    boolean oldest = isOldest(share);
    long most = capacity - reserve - (oldest ? 0 : reserve);
    long more = after - Math.max(share.held(), small);
    // One that is larger than all that is for large ones still has its turn.
    return usedByLarges + more <= most || oldest && after - small > most;
  }

  /** Bytes that others have to give back before the oldest large body can have what it wants. */
  long lacks(BodyShare oldest) {
    long after = oldest.held() + oldest.wanted();
    long most = capacity - reserve;
    long large = usedByLarges + after - Math.max(oldest.held(), small) - most;
    long all = used + Math.max(oldest.wanted(), 1) - capacity;
    return after - small > most ? all : Math.max(large, all);
  }

  boolean isOldest(BodyShare share) {
    return larges.isEmpty() || larges.firstKey() >= share.place();
  }

  @Nullable BodyShare oldest() {
    return larges.isEmpty() ? null : larges.firstEntry().getValue();
  }

  /** Large bodies that came after this one. */
  Collection<BodyShare> youngerThan(BodyShare share) {
    return larges.tailMap(share.place(), false).values();
  }
}
