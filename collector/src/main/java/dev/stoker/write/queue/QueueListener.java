package dev.stoker.write.queue;

import dev.stoker.write.disk.DiskLog;
import org.jspecify.annotations.Nullable;

/** Hears what a queue does with its profiles by itself, on the control context. */
public interface QueueListener {
  /**
   * A profile has left the queue undelivered.
   *
   * @param scrapedAtMillis Unix milliseconds
   */
  void dropped(DropReason reason, long bytes, long scrapedAtMillis);

  /** The queue has what earlier runs left on disk; what could not be read is lost. */
  void recovered(DiskLog.Recovered found);

  /**
   * The disk has failed, or works again.
   *
   * @param problem null = the disk takes writes again
   * @param waiting profiles
   */
  void diskTurned(@Nullable String problem, int waiting);

  /**
   * The queue is closed.
   *
   * @param dropped profiles; they are counted already
   * @param kept profiles that are on disk, for the next run
   */
  void closed(int dropped, int kept);
}
