package dev.stoker.discovery.kubernetes.watch;

import dev.stoker.concurrent.Timers;
import dev.stoker.discovery.kubernetes.api.ApiCall;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The request that is at work, and how long it may say nothing. */
final class RunningCall {
  /**
   * One request, however busy it is: an API server ends a list after a minute by itself (its
   * --request-timeout), and a watch when it is asked to. What goes on and on hangs as well.
   */
  static final Duration WHOLE = Duration.ofMinutes(2);

  /** Told once, when the request was given up. */
  interface Hang {
    /**
     * @param answered the head of a good answer had come
     * @param silent how long nothing had come in; null = something did all the time
     */
    void hangs(boolean answered, @Nullable Duration silent);
  }

  private final Timers timers;
  private @Nullable ApiCall call;
  private Hang hang = (answered, silent) -> {};
  private Timers.Cancellable deadline = () -> {};
  private Duration bound = WHOLE;
  private long heardNanos;
  private long askedNanos;

  RunningCall(Timers timers) {
    this.timers = timers;
  }

  /**
   * @param until the first word of an answer
   */
  void begin(ApiCall started, Duration until, Hang toTell) {
    call = started;
    hang = toTell;
    bound = until;
    askedNanos = timers.nanoTime();
    heardNanos = askedNanos;
    deadline = timers.after(until.toMillis(), this::look);
  }

  /**
   * @param until the next word
   */
  void heard(Duration until) {
    bound = until;
    heardNanos = timers.nanoTime();
  }

  /** The deadline is only looked at when it may be over: most of the time much comes in. */
  private void look() {
    ApiCall running = call;
    if (running == null) {
      return;
    }
    if (running.received()) {
      heardNanos = timers.nanoTime();
    }
    long now = timers.nanoTime();
    long silence = heardNanos + bound.toNanos() - now;
    long whole = askedNanos + WHOLE.toNanos() - now;
    long left = Math.min(silence, whole);
    if (left > 0) {
      deadline = timers.after(left / 1_000_000 + 1, this::look);
      return;
    }
    boolean answered = running.isAnswered();
    over();
    hang.hangs(answered, silence > 0 ? null : bound);
  }

  boolean isAtWork() {
    return call != null;
  }

  /** No word of the call that was at work comes any more. */
  void over() {
    deadline.cancel();
    ApiCall running = call;
    call = null;
    if (running != null) {
      running.cancel();
    }
  }
}
