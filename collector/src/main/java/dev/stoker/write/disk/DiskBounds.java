package dev.stoker.write.disk;

/**
 * @param bytes that a queue's files may have; 0 = no bound
 * @param minFree bytes that must stay free on the file system; 0 = all may be used
 * @param fsync when written records are forced to the disk
 */
public record DiskBounds(long bytes, long minFree, Fsync fsync) {
  /** Without a bound of bytes: as many profiles as so many bytes of small ones are. */
  public static final long UNBOUNDED = 4L << 30;

  private static final long LEAST_RECORDS = 65_536;

  /** What is taken for the smallest profile on disk. */
  private static final int BLOCK = 4 << 10;

  /** So many profiles may be in the files, because each takes some heap. */
  public long records() {
    return Math.max(LEAST_RECORDS, (bytes == 0 ? UNBOUNDED : bytes) / BLOCK);
  }
}
