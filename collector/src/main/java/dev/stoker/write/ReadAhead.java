package dev.stoker.write;

/**
 * What has been read from the disk, or is being read, to be sent next: held beside the memory
 * bound, and bounded itself. Control context only.
 */
final class ReadAhead {
  static final long BYTES = 8L << 20;
  private static final int PROFILES = 64;

  private long bytes;
  private int count;

  /** False when one more is too much; one may always be there, however large. */
  boolean hasRoom(Parcel next) {
    return count < PROFILES && (count == 0 || bytes + next.charge <= BYTES);
  }

  /** There is no hurry to read more. */
  boolean halfFull() {
    return count >= PROFILES / 2;
  }

  void add(Parcel parcel) {
    parcel.ahead = true;
    bytes += parcel.charge;
    count++;
  }

  void remove(Parcel parcel) {
    parcel.ahead = false;
    bytes -= parcel.charge;
    count--;
  }

  long bytes() {
    return bytes;
  }
}
