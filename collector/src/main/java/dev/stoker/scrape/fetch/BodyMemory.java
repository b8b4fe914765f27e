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

  /** Bytes up to which a body is small. It is less in a small heap. */
  private final long small;

  /** Bodies that hold more than the small part, or have asked for it, by their places. */
  private final TreeMap<Long, BodyShare> larges = new TreeMap<>();

  private volatile long used;

  /** Bytes that large bodies hold, their small parts included: there may be very many of them. */
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

  /** The body asks for more than the small part. From now on it is a large one in full. */
  void large(BodyShare share) {
    if (larges.putIfAbsent(share.place(), share) == null) {
      usedByLarges += share.held();
    }
  }

  /**
   * @param bytes less than 0 = gives back
   */
  void move(BodyShare share, long bytes) {
    share.hold(bytes);
    used += bytes;
    if (larges.containsKey(share.place())) {
      usedByLarges += bytes;
      if (bytes < 0 && share.held() <= small) {
        forget(share); // it has given so much back that it is a small one again
      }
    }
  }

  /** The body has ended. */
  void forget(BodyShare share) {
    if (larges.remove(share.place()) != null) {
      usedByLarges -= share.held();
    }
  }

  boolean fits(BodyShare share, long bytes) {
    long after = share.held() + bytes;
    if (used + Math.max(bytes, 1) > capacity) {
      return false;
    }
    if (!larges.containsKey(share.place())) {
      return true;
    }
    boolean oldest = isOldest(share);
    long most = capacity - reserve - (oldest ? 0 : reserve);
    // One that is larger than all that is for large ones still has its turn.
    return usedByLarges + bytes <= most || oldest && after > most;
  }

  /** Bytes that others have to give back before the oldest large body can have what it wants. */
  long lacks(BodyShare oldest) {
    long after = oldest.held() + oldest.wanted();
    long most = capacity - reserve;
    long large = usedByLarges + oldest.wanted() - most;
    long all = used + Math.max(oldest.wanted(), 1) - capacity;
    return after > most ? all : Math.max(large, all);
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
