package dev.stoker.write.queue;

import java.util.Locale;

/** Why a profile was not delivered: the keys of <code>dropped</code> in the API contract. */
public enum DropReason {
  /** Over the queue's bound of bytes, in memory or on disk; the oldest go first. */
  BYTES,
  /** Older than the queue's max_age. */
  AGE,
  /** The disk lane could not take it or give it back, or free space ran out. */
  DISK,
  /** The server says that it will never take it. */
  REJECTED,
  /** Failed again and again while other profiles passed. */
  POISON,
  /** Alone larger than the queue, or than max_profile_size. */
  TOO_LARGE,
  /** Left over in memory when the endpoint was closed, or offered after that. */
  CLOSED,
  /** An exception of ours; the log has it. */
  INTERNAL;

  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
