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

  /** Answers null when there is room for the profile, or else why there is none. */
  @Nullable DropReason makeRoom(QueueConfig config, QueuedProfile profile) {
    long bytes = profile.charge();
    long bound = config.memory();
    if (bound != 0 && bytes > bound) {
      return DropReason.TOO_LARGE;
    }
    DropReason full = config.disk().enabled() ? DropReason.DISK : DropReason.BYTES;
    // A pushed profile never takes the place of another one, and on disk nothing else does.
    boolean guarded = profile.pushed() || disk.holdsPushed() && !disk.hasRoom(bytes);
    if (guarded && !hasRoom(config, bytes, 0)) {
      return full;
    }
    if (bound == 0) {
      return null;
    }
    evict(bound - bytes);
    if (disk.usable()) {
      disk.spillDown(bound * 3 / 4 - bytes);
    }
    while (memory.bytes() + bytes > limit(config)) {
      QueuedProfile oldest =
          memory.oldestUnwritten(other -> other.stage().waits() && !other.pushed());
      if (oldest == null) {
        return full;
      }
      drop.accept(oldest, full);
    }
    return null;
  }

  /**
   * Whether there is room for a pushed profile without giving up one that was pushed before.
   *
   * @param bytes of the profile
   * @param promised bytes that come before it
   */
  boolean hasRoom(QueueConfig config, long bytes, long promised) {
    long all = promised + bytes;
    return disk.hasRoom(all)
        && (config.memory() == 0 || bytes <= config.memory() && fits(config, all));
  }

  private boolean fits(QueueConfig config, long all) {
    return memory.bytes() + all <= limit(config)
        || memory.bytes() - memory.yielding() + all <= limit(config);
  }

  private long limit(QueueConfig config) {
    return config.memory() + (disk.usable() ? WRITE_AHEAD : 0);
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
