package dev.stoker.write.endpoint;

import dev.stoker.write.endpoint.EndpointStatus.State;
import java.util.random.RandomGenerator;

/**
 * What one endpoint's answers say about it, and how many pushes it may have at once. Several
 * failures with no success in between mean that it is down: then one probe at a time, at least
 * every ten seconds. After a success the window opens again, one more in flight for each success.
 * Times are monotonic milliseconds. The control context owns it.
 */
final class Circuit {
  /** Failures with no success in between that make an endpoint down. */
  private static final int DOWN_AFTER = 3;

  private static final long LONGEST_PAUSE_MILLIS = 10_000;

  private final RandomGenerator random;
  private Backoff backoff;
  private int maxInFlight;
  private State state = State.HEALTHY;
  private int window;
  private int failuresInARow;
  private long pausedUntil;

  Circuit(EndpointSettings settings, RandomGenerator random) {
    this.random = random;
    this.backoff = settings.backoff();
    this.maxInFlight = settings.queue().maxInFlight();
    this.window = maxInFlight;
  }

  /**
   * @param tried anew: credentials or the URL may be what was wrong
   */
  void configure(EndpointSettings settings, boolean tried) {
    backoff = settings.backoff();
    boolean wide = window == maxInFlight;
    maxInFlight = settings.queue().maxInFlight();
    window = wide ? maxInFlight : Math.min(window, maxInFlight);
    if (tried) {
      pausedUntil = 0;
    }
  }

  boolean mayPush(int inFlight, long nowMillis) {
    return inFlight < slots() && nowMillis >= pausedUntil;
  }

  private int slots() {
    return state == State.HEALTHY ? window : 1;
  }

  void accepted() {
    failuresInARow = 0;
    pausedUntil = 0;
    window = Math.min(maxInFlight, window + 1);
    state = State.HEALTHY;
  }

  /** A failure that is not the profile's own. */
  void failed(SendResult.Retryable failure, long nowMillis) {
    failuresInARow++;
    long wait = Math.min(LONGEST_PAUSE_MILLIS, backoff.millis(failuresInARow, random));
    switch (failure.kind()) {
      case MISCONFIGURED -> {
        state = State.FAILING;
        window = 1;
        pausedUntil = nowMillis + LONGEST_PAUSE_MILLIS;
      }
      case THROTTLED -> {
        state = State.THROTTLED;
        window = Math.max(1, window / 2);
        Long asked = failure.retryAfterMillis();
        // "Retry-After: 0" is no pace: the back-off's own holds then.
        pausedUntil =
            Math.max(pausedUntil, nowMillis + (asked == null || asked == 0 ? wait : asked));
      }
      case UNAVAILABLE, UNREACHABLE -> {
        Long asked = failure.retryAfterMillis();
        if (failuresInARow >= DOWN_AFTER) {
          state = State.DOWN;
          window = 1;
          pausedUntil = nowMillis + Math.min(LONGEST_PAUSE_MILLIS, asked == null ? wait : asked);
        }
      }
    }
  }

  /** A probe failed by its own fault: that says nothing, and the next one waits all the same. */
  void probedInVain(long nowMillis) {
    if (state != State.HEALTHY) {
      failuresInARow++;
      long wait = Math.min(LONGEST_PAUSE_MILLIS, backoff.millis(failuresInARow, random));
      pausedUntil = Math.max(pausedUntil, nowMillis + wait);
    }
  }

  /** For a profile's own back-off. */
  long backoff(int failures) {
    return backoff.millis(failures, random);
  }

  State state() {
    return state;
  }

  boolean healthy() {
    return state == State.HEALTHY;
  }

  long pausedUntil() {
    return pausedUntil;
  }
}
