package dev.stoker.write.disk;

/**
 * A segment that is gone with what was not settled in it.
 *
 * @param segment its number, see {@link DiskEntry#segment}
 */
public record Loss(long segment, Reason reason) {
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
