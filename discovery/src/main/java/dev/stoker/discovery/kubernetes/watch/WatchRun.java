package dev.stoker.discovery.kubernetes.watch;

import dev.stoker.concurrent.Timers;
import java.time.Duration;

/** One watch, and whether it was in order. */
final class WatchRun {
  /** Watches that last less, and bring nothing, are too short to be in order. */
  static final Duration SHORT = Duration.ofSeconds(5);

  private final Timers timers;
  private final Duration silence;
  private long answeredNanos;
  private boolean answered;
  private boolean any;
  private Timers.Cancellable proof = () -> {};

  /**
   * @param silence how long it may say nothing
   */
  WatchRun(Timers timers, Duration silence) {
    this.timers = timers;
    this.silence = silence;
    this.answeredNanos = timers.nanoTime();
  }

  Duration silence() {
    return silence;
  }

  /** The head of a good answer has come. */
  void answered() {
    answered = true;
    answeredNanos = timers.nanoTime();
  }

  boolean isAnswered() {
    return answered;
  }

  /**
   * A change has come.
   *
   * @return whether it is the first one
   */
  boolean brought() {
    boolean first = !any;
    any = true;
    return first;
  }

  /** Since its answer. */
  Duration lasted() {
    return Duration.ofNanos(timers.nanoTime() - answeredNanos);
  }

  /** It has brought something, or has lasted. */
  boolean isInOrder() {
    return answered && (any || lasted().compareTo(SHORT) >= 0);
  }

  /**
   * @param lasts runs when it has lasted, unless it is {@link #settled} before
   */
  void whenLasting(Runnable lasts) {
    proof = timers.after(SHORT.toMillis(), lasts);
  }

  /** It has ended, or it is known that it works. */
  void settled() {
    proof.cancel();
  }
}
