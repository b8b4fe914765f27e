package dev.stoker.write.queue;

import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the bodies in memory within the bound of their queue: those that the disk has leave first,
 * and when none is left the oldest that waits is dropped. The disk gets them early, so that most
 * can leave by the time that memory is full.
 */
final class MemoryBound {
  /** Bodies that wait for the disk may take this in addition to the memory bound. */
  static final long WRITE_AHEAD = 8L << 20;

  private final Lanes lanes;
  private final MemoryBodies memory;
  private final DiskSpill disk;
  private final BiConsumer<QueuedProfile, DropReason> drop;

  /**
   * @param drop takes a profile out of the queue
   */
  MemoryBound(
      Lanes lanes,
      MemoryBodies memory,
      DiskSpill disk,
      BiConsumer<QueuedProfile, DropReason> drop) {
    this.lanes = lanes;
    this.memory = memory;
    this.disk = disk;
    this.drop = drop;
  }

  /** Answers null when there is room for so many bytes more, or else why there is none. */
  @Nullable DropReason makeRoom(QueueConfig config, long bytes) {
    long bound = config.memory();
    if (bound == 0) {
      return null;
    }
    if (bytes > bound) {
      return DropReason.TOO_LARGE;
    }
    DropReason full = config.disk().enabled() ? DropReason.DISK : DropReason.BYTES;
    evict(bound - bytes);
    long limit = bound;
    if (disk.usable()) {
      disk.spillDown(bound * 3 / 4 - bytes);
      limit += WRITE_AHEAD;
    }
    while (memory.bytes() + bytes > limit) {
      QueuedProfile oldest = memory.oldestUnwritten(profile -> profile.stage().waits());
      if (oldest == null) {
        return full;
      }
      drop.accept(oldest, full);
    }
    return null;
  }

  /** After a change of the bound, or when the disk has more bodies. */
  void keep(QueueConfig config) {
    if (config.memory() > 0) {
      evict(config.memory());
    }
  }

  private void evict(long limit) {
    QueuedProfile next = memory.firstEvictable();
    while (memory.bytes() > limit && next != null) {
      memory.unload(next);
      lanes.toBacklog(next);
      next = memory.firstEvictable();
    }
  }
}
