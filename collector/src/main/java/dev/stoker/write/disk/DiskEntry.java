package dev.stoker.write.disk;

/**
 * What is known of a profile on disk without reading its body.
 *
 * @param id grows with the order of writing; the segment's number and the record's index in it
 * @param bytes of the body
 * @param headBytes of the labels and what else is before the body
 * @param enqueuedAtMillis when the queue took it, Unix milliseconds
 */
public record DiskEntry(
    long id, int bytes, int headBytes, long scrapedAtMillis, long enqueuedAtMillis) {
  static final int INDEX_BITS = 24;
  static final int MAX_INDEX = 1 << INDEX_BITS;

  static long id(long segment, int index) {
    return segment << INDEX_BITS | index;
  }

  /** The number of the segment that holds the record. */
  public static long segment(long id) {
    return id >>> INDEX_BITS;
  }

  /** The record's place in its segment. */
  public static int index(long id) {
    return (int) (id & (MAX_INDEX - 1));
  }
}
