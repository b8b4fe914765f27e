package dev.stoker.scrape.schedule;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * How many last scrapes of a stopping daemon may run at once; the others wait. First come, first
 * served. Owned by the control context.
 */
public final class LastScrapeSlots {
  private final int capacity;
  private final Deque<Runnable> waiters = new ArrayDeque<>();
  private int used;

  public LastScrapeSlots(int capacity) {
    this.capacity = capacity;
  }

  /** Slots that are taken at the moment. */
  public int used() {
    return used;
  }

  /** Takes a slot, and runs the action once there is one. */
  public void take(Runnable granted) {
    if (used < capacity) {
      used++;
      granted.run();
    } else {
      waiters.add(granted);
    }
  }

  /** Gives a slot back; the next in line gets it. */
  public void give() {
    Runnable next = waiters.poll();
    if (next == null) {
      used--;
    } else {
      next.run();
    }
  }
}
