package dev.stoker.scrape.fetch;

import dev.stoker.concurrent.Timers;
import java.util.function.Consumer;

/**
 * The memory that one body holds of the {@link BodyBudget}. It grows step by step, one step at a
 * time: while a step waits for memory, no other one may begin. Closing it gives all back. Owned by
 * the control context.
 */
public final class BodyShare {
  private enum State {
    /** Has what it asked for. */
    OPEN,
    /** Has asked for more and waits until others have given back enough. */
    WAITS,
    /** Holds nothing any more. */
    CLOSED
  }

  private static final Runnable NOTHING = () -> {};

  private final BodyBudget budget;
  private final Timers timers;
  private final String key;
  private final long place;
  private final Consumer<String> yield;
  private final BodyPace pace = new BodyPace();
  private State state = State.OPEN;
  private long held;
  private boolean complete;

  /** The step that waits: bytes, what runs once they are there, and since when it waits. */
  private long wanted;

  private Runnable granted = NOTHING;
  private long waitsSince;

  /** All waits that have ended, together. */
  private long waitedNanos;

  /**
   * @param key of the body's target
   * @param place among all bodies: lower places are served first
   * @param yield runs when the share has to be closed for the sake of others; the text is for the
   *     user
   */
  BodyShare(BodyBudget budget, Timers timers, String key, long place, Consumer<String> yield) {
    this.budget = budget;
    this.timers = timers;
    this.key = key;
    this.place = place;
    this.yield = yield;
  }

  /** Bytes that the body holds. */
  public long held() {
    return held;
  }

  /** True while other bodies have to give something back first. */
  public boolean isWaiting() {
    return state == State.WAITS;
  }

  /** All waits together, a running one included. */
  public long waitedNanos() {
    return waitedNanos + (isWaiting() ? timers.nanoTime() - waitsSince : 0);
  }

  /**
   * Takes bytes, or runs the action once they are there.
   *
   * @param bytes 0 = none, but a moment when others do not wait for the first bytes of theirs
   */
  public void grow(long bytes, Runnable action) {
    timers.control().assertOn();
    need(State.OPEN);
    budget.grow(this, bytes, action);
  }

  /** Notes bytes that have arrived, from which the target's pace is known. */
  public void arrived(long bytes) {
    pace.arrived(bytes);
  }

  /** The body is there: what it holds will be given back soon, whatever the target does. */
  public void complete() {
    complete = true;
  }

  /** Gives bytes back. */
  public void shrink(long bytes) {
    timers.control().assertOn();
    budget.shrink(this, bytes);
  }

  /**
   * It has waited for long enough; its place is kept for the next scrape of its target.
   *
   * @return what to tell the user
   */
  public String giveUp() {
    return budget.giveUp(this);
  }

  /** Gives all back; no waiting action runs any more. Idempotent. */
  public void close() {
    timers.control().assertOn();
    if (state != State.CLOSED) {
      budget.close(this);
    }
  }

  String key() {
    return key;
  }

  long place() {
    return place;
  }

  BodyPace pace() {
    return pace;
  }

  boolean isComplete() {
    return complete;
  }

  long wanted() {
    return wanted;
  }

  void hold(long more) {
    held += more;
  }

  /** OPEN → WAITS. */
  void waits(long bytes, Runnable action) {
    need(State.OPEN);
    state = State.WAITS;
    wanted = bytes;
    granted = action;
    waitsSince = timers.nanoTime();
  }

  /**
   * WAITS → OPEN.
   *
   * @return what was to run once the bytes are there
   */
  Runnable stopsWaiting() {
    need(State.WAITS);
    waitedNanos = waitedNanos();
    state = State.OPEN;
    Runnable action = granted;
    granted = NOTHING;
    return action;
  }

  /** Monotonic time at which the last wait began. */
  long waitsSince() {
    return waitsSince;
  }

  /** OPEN → CLOSED. */
  void closes() {
    need(State.OPEN);
    state = State.CLOSED;
  }

  /** Tells its user to end the scrape. */
  void yields(String why) {
    yield.accept(why);
  }

  private void need(State needed) {
    if (state != needed) {
      throw new IllegalStateException(
          "one step at a time, and none after the end: the share is " + state);
    }
  }
}
