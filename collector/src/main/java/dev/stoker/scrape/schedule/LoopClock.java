package dev.stoker.scrape.schedule;

import dev.stoker.concurrent.Timers;
import org.jspecify.annotations.Nullable;

/**
 * The ticks of one loop: its timer, and how many ticks were missed because the process was late.
 * Owned by the control context.
 */
public final class LoopClock {
  private final Timers timers;
  private final ScrapeSchedule schedule;
  private final Runnable onTick;

  /** Unix milliseconds. */
  private long nextTick;

  /**
   * When its timer is due by the monotonic clock: this tells a late tick from a wall-clock step.
   */
  private long dueNanos;

  private Timers.@Nullable Cancellable timer;

  public LoopClock(Timers timers, ScrapeSchedule schedule, Runnable onTick) {
    this.timers = timers;
    this.schedule = schedule;
    this.onTick = onTick;
  }

  public void start() {
    arm(schedule.firstTick(timers.wallMillis()));
  }

  /** Unix milliseconds of the next tick. */
  public long nextTick() {
    return nextTick;
  }

  public void stop() {
    if (timer != null) {
      timer.cancel();
    }
  }

  /**
   * Arms the next tick; called on each.
   *
   * @return how many ticks before this one were missed; -1 = it is none, it came too early
   */
  public long tick() {
    long now = timers.wallMillis();
    if (now < nextTick) {
      // Timers count monotonic time; the wall clock may have been set back by a lot meanwhile.
      arm(schedule.firstTick(now));
      return -1;
    }
    // By the monotonic clock: a wall clock that is set forward by an hour has skipped no tick.
    long late = (timers.nanoTime() - dueNanos) / 1_000_000;
    arm(schedule.nextTick(nextTick, now));
    return late / schedule.intervalMillis();
  }

  private void arm(long tick) {
    nextTick = tick;
    long wait = tick - timers.wallMillis();
    dueNanos = timers.nanoTime() + wait * 1_000_000;
    timer = timers.after(wait, onTick);
  }
}
