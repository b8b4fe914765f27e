package dev.stoker.write;

import dev.stoker.concurrent.Timers;
import dev.stoker.write.EndpointStatus.State;
import dev.stoker.write.SendResult.Kind;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Instant;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Delivers one endpoint's queue; the only retry loop in Stoker. Control context only.
 *
 * <p>Whether a failure is the endpoint's or the profile's is told by the others: a profile's tries
 * count only while other profiles pass (then it ends as poison), and when several failures come
 * with no success in between the endpoint is down: one probe at a time, at least every ten seconds,
 * and profiles end by bytes or age only. After the first success the window opens again, one more
 * in flight for each success.
 */
final class Endpoint {
  /** Failures with no success in between that make an endpoint down. */
  private static final int DOWN_AFTER = 3;

  private static final long LONGEST_PAUSE_MILLIS = 10_000;

  private final EndpointConfig config;
  private final Sender sender;
  private final Timers timers;
  private final RandomGenerator random;
  private final EndpointBooks books;
  private final MemoryLane lane = new MemoryLane();
  private final Backoff backoff;

  private State state = State.HEALTHY;
  private int inFlight;
  private int window;
  private int failuresInARow;
  private long deliveries;
  private long pausedUntil;
  private Timers.@Nullable Cancellable wakeUp;
  private @Nullable Promise<Void> closing;
  private boolean closed;

  Endpoint(
      EndpointConfig config,
      Sender sender,
      Timers timers,
      RandomGenerator random,
      EndpointBooks books) {
    this.config = config;
    this.sender = sender;
    this.timers = timers;
    this.random = random;
    this.books = books;
    this.backoff = new Backoff(config.retry().minBackoff(), config.retry().maxBackoff());
    this.window = config.queue().maxInFlight();
    books.watch(lane, () -> inFlight, timers);
  }

  /** True when the profile is this queue's now; a refused one is counted already. */
  boolean offer(Push push) {
    books.offered();
    Parcel parcel = new Parcel(push);
    long bound = config.queue().memory();
    if (closing != null) {
      return refuse(parcel, DropReason.CLOSED);
    }
    if (bound > 0 && parcel.bytes() > bound) {
      return refuse(parcel, DropReason.TOO_LARGE);
    }
    if (bound > 0 && lane.inFlightBytes() + parcel.bytes() > bound) {
      return refuse(parcel, DropReason.BYTES);
    }
    while (bound > 0 && lane.bytes() + parcel.bytes() > bound) {
      books.dropped(lane.dropOldest(), DropReason.BYTES);
    }
    lane.add(parcel);
    pump();
    return true;
  }

  private boolean refuse(Parcel parcel, DropReason reason) {
    books.dropped(parcel, reason);
    return false;
  }

  /** Sends what may go now, and sets the timer for what may go later. */
  private void pump() {
    if (closed) {
      return;
    }
    expire();
    long now = nowMillis();
    int slots = state == State.HEALTHY ? window : 1;
    while (inFlight < slots && now >= pausedUntil) {
      Parcel next = lane.take(state == State.HEALTHY ? now : Long.MAX_VALUE);
      if (next == null) {
        break;
      }
      send(next);
    }
    sleep(now);
  }

  private void sleep(long now) {
    if (wakeUp != null) {
      wakeUp.cancel();
      wakeUp = null;
    }
    if (lane.size() == 0 || (inFlight > 0 && now >= pausedUntil)) {
      return; // an offer or an answer will pump
    }
    long due = Math.max(pausedUntil, state == State.HEALTHY ? lane.nextDueMillis() : 0);
    wakeUp = timers.after(Math.max(1, due - now), this::pump);
  }

  private void expire() {
    long maxAge = config.queue().maxAge().toMillis();
    Parcel oldest = lane.oldest();
    while (maxAge > 0
        && oldest != null
        && timers.wallMillis() - oldest.push.scrapedAtMillis() > maxAge) {
      books.dropped(lane.dropOldest(), DropReason.AGE);
      oldest = lane.oldest();
    }
  }

  private void send(Parcel parcel) {
    inFlight++;
    long start = timers.nanoTime();
    sender
        .send(parcel.push)
        .onSuccess(
            result -> {
              books.latency(timers.nanoTime() - start);
              answered(parcel, result);
            });
  }

  private void answered(Parcel parcel, SendResult result) {
    if (closed) {
      return; // counted as closed already
    }
    inFlight--;
    if (result instanceof SendResult.Accepted) {
      accepted(parcel);
    } else if (result instanceof SendResult.Rejected rejected) {
      lane.settled(parcel);
      books.rejected(parcel, rejected.answer());
    } else {
      retry(parcel, (SendResult.Retryable) result);
    }
    pump();
    finishClosing(result);
  }

  private void accepted(Parcel parcel) {
    lane.settled(parcel);
    books.sent(parcel);
    deliveries++;
    failuresInARow = 0;
    pausedUntil = 0;
    window = Math.min(config.queue().maxInFlight(), window + 1);
    if (state != State.HEALTHY) {
      turn(State.HEALTHY, null);
      lane.releaseOutageVictims();
    }
  }

  private void retry(Parcel parcel, SendResult.Retryable failure) {
    books.failed(failure.answer());
    failuresInARow++;
    countTry(parcel, failure.kind());
    int limit = config.retry().maxRetries();
    if (limit > 0 && parcel.tries >= limit) {
      lane.settled(parcel);
      books.poison(parcel, failure.answer(), Instant.ofEpochMilli(timers.wallMillis()));
      return;
    }
    long wait = backoff.millis(parcel.failures, random);
    parcel.notBeforeMillis = nowMillis() + wait;
    lane.putBack(parcel);
    pause(failure);
    books.retried();
  }

  /** Others passed since this one's last failure: the failure is its own. */
  private void countTry(Parcel parcel, Kind kind) {
    if (parcel.failures > 0
        && deliveries > parcel.deliveriesAtFailure
        && kind != Kind.MISCONFIGURED) {
      parcel.tries++;
    }
    parcel.failures++;
    parcel.deliveriesAtFailure = deliveries;
  }

  private void pause(SendResult.Retryable failure) {
    long wait = Math.min(LONGEST_PAUSE_MILLIS, backoff.millis(failuresInARow, random));
    switch (failure.kind()) {
      case MISCONFIGURED -> {
        turn(State.FAILING, failure.answer());
        window = 1;
        pausedUntil = nowMillis() + LONGEST_PAUSE_MILLIS;
      }
      case THROTTLED -> {
        turn(State.THROTTLED, failure.answer());
        window = Math.max(1, window / 2);
        Long asked = failure.retryAfterMillis();
        pausedUntil = Math.max(pausedUntil, nowMillis() + (asked == null ? wait : asked));
      }
      case UNAVAILABLE -> {
        if (failuresInARow >= DOWN_AFTER) {
          turn(State.DOWN, failure.answer());
          window = 1;
          pausedUntil = nowMillis() + wait;
        }
      }
    }
  }

  private void turn(State next, @Nullable String reason) {
    if (next != state) {
      books.turned(state, next, reason, lane.size());
      state = next;
    }
  }

  /**
   * Takes nothing more; completes when all is delivered, or at the deadline, when what is left is
   * counted as closed. A down endpoint that fails once more ends it early. Idempotent.
   */
  Future<Void> stop(long millis) {
    if (closing == null) {
      closing = Promise.promise();
      timers.after(millis, this::close);
      pump();
      if (lane.size() == 0 && inFlight == 0) {
        close();
      }
    }
    return closing.future();
  }

  private void finishClosing(SendResult last) {
    boolean hopeless = state == State.DOWN && last instanceof SendResult.Retryable && inFlight == 0;
    if (closing != null && (hopeless || (lane.size() == 0 && inFlight == 0))) {
      close();
    }
  }

  private void close() {
    if (closed) {
      return;
    }
    closed = true;
    if (wakeUp != null) {
      wakeUp.cancel();
    }
    while (lane.oldest() != null) {
      books.dropped(lane.dropOldest(), DropReason.CLOSED);
    }
    books.closedInFlight(inFlight, lane.inFlightBytes());
    inFlight = 0;
    books.close();
    Promise<Void> promise = closing;
    sender
        .close()
        .onComplete(
            ignored -> {
              if (promise != null) {
                promise.tryComplete();
              }
            });
  }

  EndpointStatus status() {
    return books.status(state, lane, inFlight);
  }

  /** Monotonic: back-off must not jump with the wall clock. */
  private long nowMillis() {
    return timers.nanoTime() / 1_000_000;
  }
}
