package dev.stoker.profile;

import java.util.IdentityHashMap;
import java.util.Map;

/**
 * What the profiles of one batch have been promised so far, by the queue that promised it. A batch
 * is taken whole or not at all, so the room for all of it is asked for before any of it is taken.
 * For one batch, on the control context, where nothing comes between the promise and the taking.
 */
public final class Room {
  private final Map<Object, Long> promised = new IdentityHashMap<>();

  /** Bytes that the queue has promised to this batch. */
  public long promised(Object queue) {
    return promised.getOrDefault(queue, 0L);
  }

  /** The queue has room for so many bytes more. */
  public void promise(Object queue, long bytes) {
    promised.merge(queue, bytes, Long::sum);
  }
}
