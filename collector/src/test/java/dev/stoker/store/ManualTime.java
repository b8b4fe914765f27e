package dev.stoker.store;

import dev.stoker.concurrent.Timers;
import java.util.ArrayList;
import java.util.List;

/** A clock that stands still until told. */
final class ManualTime implements Timers {
  private final List<Entry> entries = new ArrayList<>();
  private long now;
  private long jumped;

  private record Entry(long at, Runnable action) {}

  ManualTime(long now) {
    this.now = now;
  }

  void advance(long millis) {
    now += millis;
    List<Entry> due = entries.stream().filter(e -> e.at() <= now).toList();
    entries.removeAll(due);
    due.forEach(e -> e.action().run());
  }

  @Override
  public long wallMillis() {
    return now + jumped;
  }

  /** The wall clock is set. */
  void jumpWallClock(long millis) {
    jumped += millis;
  }

  @Override
  public long nanoTime() {
    return now * 1_000_000;
  }

  @Override
  public Cancellable after(long delayMillis, Runnable action) {
    Entry entry = new Entry(now + delayMillis, action);
    entries.add(entry);
    return () -> entries.remove(entry);
  }
}
