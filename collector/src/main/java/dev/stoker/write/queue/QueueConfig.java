package dev.stoker.write.queue;

import dev.stoker.write.disk.DiskBounds;
import dev.stoker.write.disk.Fsync;
import java.time.Duration;

/**
 * Bounds of an endpoint's queue; 0 = no bound.
 *
 * @param memory bytes of profile bodies held in memory, in flight or waiting
 * @param maxAge older profiles are dropped; the default stays under Pyroscope's 1 h
 *     (validation.reject-older-than)
 * @param maxInFlight push requests at once
 * @param backlogRate inflated bytes per second at which the backlog of an outage is sent
 */
public record QueueConfig(
    long memory, Duration maxAge, int maxInFlight, long backlogRate, Disk disk) {
  public static final QueueConfig DEFAULT =
      new QueueConfig(32L << 20, Duration.ofMinutes(55), 64, 3L << 20, Disk.DEFAULT);

  /** Bodies that a queue with a disk lane may hold beside the memory bound, on their way. */
  public static final long BESIDE_MEMORY = MemoryBound.WRITE_AHEAD + ReadAhead.BYTES;

  /** A queue without a bound still has to fit on a machine. */
  private static final long UNBOUNDED_MEMORY = 1L << 30;

  /** Below, a queue would be none. */
  private static final long LEAST_MEMORY = 1L << 20;

  private static final long LEAST_DISK = 16L << 20;

  private static final int HEAP_PER_PROFILE = 128;

  /** What the memory lane may take of the heap, with what is on its way to and from the disk. */
  public long memoryHeap() {
    return disk.enabled ? bound() + BESIDE_MEMORY : bound();
  }

  /** What the disk lane may take of the heap, for what it knows of its profiles. */
  public long diskHeap() {
    return disk.enabled ? disk.bounds().records() * HEAP_PER_PROFILE : 0;
  }

  /**
   * The same for a smaller heap, and no queue in memory without a bound.
   *
   * @param memoryPart of {@link #memoryHeap} that there is, 1 = all
   * @param diskPart of {@link #diskHeap}
   */
  public QueueConfig within(double memoryPart, double diskPart) {
    return new QueueConfig(
        memoryPart < 1 || memory == 0
            ? Math.max(LEAST_MEMORY, (long) (memoryHeap() * memoryPart) - memoryHeap() + bound())
            : memory,
        maxAge,
        maxInFlight,
        backlogRate,
        diskPart < 1 ? disk.part(diskPart) : disk);
  }

  private long bound() {
    return memory == 0 ? UNBOUNDED_MEMORY : memory;
  }

  /**
   * The disk lane.
   *
   * @param enabled false = profiles are queued in memory only
   * @param bytes that its files may have
   * @param minFree bytes that stay free on its file system
   * @param spillAfter what is not settled so long after it came is on disk too
   */
  public record Disk(boolean enabled, long bytes, long minFree, Fsync fsync, Duration spillAfter) {
    public static final Disk DEFAULT =
        new Disk(true, 1L << 30, 256L << 20, Fsync.DEFAULT, Duration.ofSeconds(2));
    public static final Disk OFF = new Disk(false, 0, 0, Fsync.NEVER, Duration.ZERO);

    private Disk part(double part) {
      long most = (long) ((bytes == 0 ? DiskBounds.UNBOUNDED : bytes) * part);
      return new Disk(enabled, Math.max(LEAST_DISK, most), minFree, fsync, spillAfter);
    }

    DiskBounds bounds() {
      return new DiskBounds(bytes, minFree, fsync);
    }
  }
}
