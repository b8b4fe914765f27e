package dev.stoker.write.queue;

/** Where the body of a queued profile is; {@link QueuedProfile} has the steps. */
enum Body {
  /** In memory only. */
  MEMORY,
  /** In memory, and on its way to the disk. */
  WRITING,
  /** In memory and on disk. */
  BOTH,
  /** On disk only. */
  DISK,
  /** On disk, and on its way to memory. */
  READING,
  /** On disk, and read ahead of its turn: held beside the memory bound. */
  AHEAD,
  /** Nowhere: the profile is settled. */
  GONE;

  boolean onDisk() {
    return this == BOTH || this == DISK || this == READING || this == AHEAD;
  }
}
