package dev.stoker.scrape.loop;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Bounds the bytes of all bodies in flight, from the first byte read until the body is handed on or
 * given up. First come, first served.
 */
public final class ByteBudget {
  private final long capacity;
  private final Deque<Waiter> waiters = new ArrayDeque<>();
  private long used;

  public ByteBudget(long capacity) {
    this.capacity = capacity;
  }

  /** Bytes taken at the moment. */
  public long used() {
    return used;
  }

  /**
   * Takes bytes, or runs the action once they are there. More than the whole budget is granted when
   * nothing else is in flight, so a large body waits but never starves.
   */
  public void take(long bytes, Runnable granted) {
    if (waiters.isEmpty() && fits(bytes)) {
      used += bytes;
      granted.run();
    } else {
      waiters.add(new Waiter(bytes, granted));
    }
  }

  public void give(long bytes) {
    used -= bytes;
    while (!waiters.isEmpty() && fits(waiters.peek().bytes)) {
      Waiter next = waiters.remove();
      used += next.bytes;
      next.granted.run();
    }
  }

  private boolean fits(long bytes) {
    return used == 0 || used + bytes <= capacity;
  }

  private record Waiter(long bytes, Runnable granted) {}
}
