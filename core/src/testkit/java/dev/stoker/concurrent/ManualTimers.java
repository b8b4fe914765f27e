package dev.stoker.concurrent;

import java.util.Comparator;
import java.util.PriorityQueue;

/**
 * {@link Timers} that a test moves by hand. Single-threaded, but what a test's pool threads hand
 * back may come from them: its control context is wherever the test is.
 */
public final class ManualTimers implements Timers {
  private static final ControlContext ANYWHERE =
      new ControlContext() {
        @Override
        public void execute(Runnable task) {
          task.run();
        }

        @Override
        public void assertOn() {}
      };

  private final PriorityQueue<Entry> entries =
      new PriorityQueue<>(Comparator.comparingLong(Entry::at).thenComparingLong(Entry::order));
  private long wallOffset;
  private long nowMillis;
  private long order;

  public ManualTimers(long startMillis) {
    this.wallOffset = startMillis;
  }

  @Override
  public long wallMillis() {
    return wallOffset + nowMillis;
  }

  @Override
  public long nanoTime() {
    return nowMillis * 1_000_000;
  }

  @Override
  public Cancellable after(long delayMillis, Runnable action) {
    Entry entry = new Entry(nowMillis + Math.max(0, delayMillis), order++, action);
    entries.add(entry);
    return () -> entries.remove(entry);
  }

  @Override
  public ControlContext control() {
    return ANYWHERE;
  }

  /** Runs everything due until then, in order. */
  public void advance(long millis) {
    long end = nowMillis + millis;
    while (!entries.isEmpty() && entries.peek().at() <= end) {
      Entry next = entries.remove();
      nowMillis = Math.max(nowMillis, next.at());
      next.action().run();
    }
    nowMillis = Math.max(nowMillis, end);
  }

  /** The wall clock is set; timers keep counting monotonic time. */
  public void jumpWallClock(long millis) {
    wallOffset += millis;
  }

  /** Timers not fired yet. */
  public int pending() {
    return entries.size();
  }

  private record Entry(long at, long order, Runnable action) {}
}
