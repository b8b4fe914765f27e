package dev.stoker.write;

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
  public static final long BESIDE_MEMORY = SendQueue.WRITE_AHEAD + SendQueue.READ_AHEAD;

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

    DiskBounds bounds() {
      return new DiskBounds(bytes, minFree, fsync);
    }
  }
}
