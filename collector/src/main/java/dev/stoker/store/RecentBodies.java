package dev.stoker.store;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;

/**
 * Copies of bodies, one after the other in a few arrays that are filled again and again. Bodies
 * that are kept as they came would each be moved to the old generation and be garbage there soon
 * after: that took more CPU than all else that the garbage collector did. Owned by the control
 * context; a {@link Place} may be read anywhere.
 */
final class RecentBodies {
  private static final int SLABS = 16;

  private static final class Slab {
    private final byte[] bytes;
    private int used;
    private int places;

    /** Somebody may read it at any time from now on, so it is not filled again. */
    private boolean lent;

    Slab(byte[] bytes) {
      this.bytes = bytes;
    }

    boolean hasRoom(int length, int mostPlaces) {
      return bytes.length - used >= length && places < mostPlaces;
    }
  }

  /** Where a body is. */
  static final class Place {
    private final Slab slab;
    private final int from;
    private final int length;

    private Place(Slab slab, int from, int length) {
      this.slab = slab;
      this.from = from;
      this.length = length;
    }

    int length() {
      return length;
    }

    /** The place is given to somebody who may read it later, after the body has gone from here. */
    void lend() {
      slab.lent = true;
    }

    /** Any thread. */
    byte[] body() {
      return Arrays.copyOfRange(slab.bytes, from, from + length);
    }
  }

  private final long maxBytes;
  private final int slabSize;
  private final int placesPerSlab;
  private final Deque<Slab> slabs = new ArrayDeque<>();
  private long bytes;

  /**
   * @param maxBytes of all arrays together
   * @param mostPlaces bodies, of however few bytes
   */
  RecentBodies(long maxBytes, long mostPlaces) {
    this.maxBytes = maxBytes;
    this.slabSize = (int) Math.min(maxBytes / SLABS, 16 << 20);
    this.placesPerSlab = (int) Math.max(1, Math.min(mostPlaces / SLABS, 1 << 20));
  }

  /** Bytes of all arrays, full or not. */
  long bytes() {
    return bytes;
  }

  /** Whether a body can be added without that anything is dropped. */
  boolean hasRoom(int length) {
    return fitsLast(length) || bytes + size(length) <= maxBytes;
  }

  Place add(byte[] body) {
    if (!fitsLast(body.length)) {
      addSlab(new Slab(new byte[size(body.length)]));
    }
    Slab slab = slabs.getLast();
    int from = slab.used;
    System.arraycopy(body, 0, slab.bytes, from, body.length);
    slab.used += body.length;
    slab.places++;
    return new Place(slab, from, body.length);
  }

  private boolean fitsLast(int length) {
    return !slabs.isEmpty() && slabs.getLast().hasRoom(length, placesPerSlab);
  }

  /** A body that is larger than an array of the usual size has one of its own. */
  private int size(int length) {
    return Math.max(slabSize, length);
  }

  private void addSlab(Slab slab) {
    slabs.addLast(slab);
    bytes += slab.bytes.length;
  }

  /** True if the place is in the array that {@link #dropOldest} would drop. */
  boolean isOldest(Place place) {
    return place.slab == slabs.peekFirst();
  }

  /** Drops all bodies of the oldest array, which is filled again when nobody may read it. */
  void dropOldest() {
    Slab oldest = slabs.removeFirst();
    bytes -= oldest.bytes.length;
    boolean usual = oldest.bytes.length == slabSize && oldest.places > 0;
    if (usual && !oldest.lent && !fitsLast(slabSize)) {
      addSlab(new Slab(oldest.bytes));
    }
  }

  void clear() {
    slabs.clear();
    bytes = 0;
  }
}
