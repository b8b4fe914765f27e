package dev.stoker.write.disk;

/**
 * Records that are gone: those of one segment up to an index, as far as they were not settled.
 *
 * @param lastId see {@link DiskEntry#id}
 */
public record Loss(long lastId, Reason reason) {
  static Loss segment(long number, Reason reason) {
    return new Loss(DiskEntry.id(number, DiskEntry.MAX_INDEX - 1), reason);
  }

  public long firstId() {
    return DiskEntry.id(DiskEntry.segment(lastId), 0);
  }

  /** Why it is gone. */
  public enum Reason {
    /** Over the bound of bytes: the oldest go first. */
    BYTES,
    /** The file system has to keep more space free. */
    SPACE,
    /** Somebody deleted the file. */
    GONE
  }
}
