package dev.stoker.write;

import dev.stoker.concurrent.Timers;
import dev.stoker.profile.Profile;
import dev.stoker.write.EndpointStatus.State;
import dev.stoker.write.SendResult.Kind;
import dev.stoker.write.disk.QueueHome;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Instant;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Delivers one endpoint's queue; the only retry loop in Stoker. Control context only.
 *
 * <p>Whether a failure is the endpoint's or the profile's is told by the others: a profile's tries
 * count only while other profiles pass (then it ends as poison; tries are not kept over a restart),
 * and while none passes the endpoint is down and profiles end by bytes or age only. When it is
 * back, fresh profiles go first, and the backlog beside them at its own rate.
 */
final class Endpoint {
  /** Pyroscope answers 429 for ever to what is larger than its burst, 2 MiB by default. */
  private static final long SUSPECT_BYTES = 1L << 20;

  /** The queue is looked at again this long after a bug. */
  private static final long AFTER_BUG_MILLIS = 1_000;

  private enum Phase {
    OPEN,
    DRAINING,
    CLOSING,
    CLOSED
  }

  private final Timers timers;
  private final EndpointBooks books;
  private final SendQueue queue;
  private final Circuit circuit;
  private final Pacer pacer;
  private EndpointConfig config;
  private SenderSlot sender;
  private Phase phase = Phase.OPEN;
  private boolean started;
  private long deliveries;
  private Timers.@Nullable Cancellable wakeUp;
  private long wakeAt;
  private @Nullable Promise<Void> closing;
  private Timers.Cancellable deadline = () -> {};

  Endpoint(
      EndpointConfig config,
      Sender sender,
      Timers timers,
      RandomGenerator random,
      EndpointBooks books) {
    this.config = config;
    this.sender = new SenderSlot(sender);
    this.timers = timers;
    this.books = books;
    this.circuit = new Circuit(config, random);
    this.pacer = new Pacer(config.queue().backlogRate(), nowMillis());
    this.queue = new SendQueue(config.queue(), timers, books, this::pump);
  }

  /** It takes part from now on, and shows in the metrics. */
  void start() {
    if (!started) {
      started = true;
      books.watch(queue);
    }
  }

  /** Gives the queue its disk lane, once; what is there comes by itself. */
  void attach(DiskQueues queues, QueueHome home) {
    if (!queue.attached()) {
      queue.attach(new Spool(queues, home, queues.log(home, config.queue().disk()), timers, queue));
    }
  }

  /**
   * True when the profile is this queue's now; a refused one is counted already. Never throws: one
   * endpoint's bug must not keep the profile from the others.
   */
  boolean offer(Push push) {
    books.offered();
    DropReason refused;
    try {
      refused = enqueue(push);
    } catch (Throwable thrown) {
      books.bug("taking a profile into the queue", thrown);
      refused = DropReason.INTERNAL;
    }
    if (refused != null) {
      books.dropped(push.body().length, refused);
      return false;
    }
    pump();
    return true;
  }

  private @Nullable DropReason enqueue(Push push) {
    long inflated = InflatedSize.of(push.body());
    books.size(inflated);
    DropReason refused = refusal(inflated);
    return refused == null ? queue.offer(push) : refused;
  }

  /** A profile that a bug keeps from being offered; always false. */
  boolean lose(Profile profile) {
    books.offered();
    books.dropped(profile.body().length, DropReason.INTERNAL);
    return false;
  }

  private @Nullable DropReason refusal(long inflated) {
    if (phase != Phase.OPEN) {
      return DropReason.CLOSED;
    }
    long limit = config.maxProfileSize();
    return limit > 0 && inflated > limit ? DropReason.TOO_LARGE : null;
  }

  /**
   * Goes on with other settings; what is queued, in flight and counted stays.
   *
   * @param next takes the place of the sender, which ends when its last try has; null = it stays
   */
  void reconfigure(EndpointConfig changed, @Nullable Sender next) {
    config = changed;
    circuit.configure(changed, next != null);
    pacer.configure(changed.queue().backlogRate());
    queue.configure(changed.queue());
    if (next != null) {
      sender.retire();
      sender = new SenderSlot(next);
    }
    pump();
  }

  EndpointConfig config() {
    return config;
  }

  /** Sends what may go now, and sets the timer for what may go later; a bug does not end it. */
  private void pump() {
    try {
      pumpNow();
    } catch (Throwable thrown) {
      books.bug("sending", thrown);
      wake(nowMillis() + AFTER_BUG_MILLIS, nowMillis());
    }
  }

  private void pumpNow() {
    if (phase == Phase.CLOSING || phase == Phase.CLOSED) {
      return;
    }
    queue.expire();
    long now = nowMillis();
    while (circuit.mayPush(queue.inFlight(), now)) {
      Parcel next = circuit.healthy() ? queue.take(backlogMayGo(now)) : queue.takeAny();
      if (next == null) {
        break;
      }
      send(next);
    }
    sleep(now);
    finishDraining();
  }

  /** At the end the backlog stays on disk for the next run; in memory alone it has to hurry. */
  private boolean backlogMayGo(long now) {
    if (phase == Phase.DRAINING) {
      return !queue.attached();
    }
    return pacer.open(now);
  }

  private void sleep(long now) {
    long due = Long.MAX_VALUE;
    if (queue.waiting() > 0) {
      if (!circuit.healthy() || now < circuit.pausedUntil()) {
        due = queue.inFlight() > 0 ? due : circuit.pausedUntil();
        due = now < circuit.pausedUntil() ? circuit.pausedUntil() : due;
      } else {
        due = queue.nextRelease();
        if (queue.ready() && !pacer.open(now)) {
          due = Math.min(due, pacer.opensAt(now));
        }
      }
    }
    wake(due, now);
  }

  private void wake(long due, long now) {
    if (wakeUp != null && (due == Long.MAX_VALUE || due < wakeAt || wakeAt <= now)) {
      wakeUp.cancel();
      wakeUp = null;
    }
    if (wakeUp == null && due != Long.MAX_VALUE) {
      wakeAt = Math.max(due, now + 1);
      wakeUp =
          timers.after(
              wakeAt - now,
              () -> {
                wakeUp = null;
                pump();
              });
    }
  }

  private void send(Parcel parcel) {
    Push push = Objects.requireNonNull(parcel.push);
    if (parcel.backlog) {
      pacer.spend(InflatedSize.of(push.body()));
    }
    long start = timers.nanoTime();
    sender
        .send(push)
        .onSuccess(
            result -> {
              books.latency(timers.nanoTime() - start);
              answered(parcel, push, result);
            });
  }

  private void answered(Parcel parcel, Push push, SendResult result) {
    if (phase == Phase.CLOSED) {
      return; // on disk for the next run, or counted as closed
    }
    if (result instanceof SendResult.Accepted) {
      accepted(parcel);
    } else if (result instanceof SendResult.Rejected rejected) {
      queue.settled(parcel);
      books.rejected(parcel, push.labels(), rejected.answer());
    } else if (phase != Phase.CLOSING) {
      retry(parcel, push, (SendResult.Retryable) result);
    }
    pump();
    if (phase == Phase.DRAINING && circuit.state() == State.DOWN && queue.inFlight() == 0) {
      close(); // hopeless
    }
  }

  private void accepted(Parcel parcel) {
    queue.settled(parcel);
    books.sent(parcel);
    deliveries++;
    State before = circuit.state();
    circuit.accepted();
    if (before != State.HEALTHY) {
      books.turned(before, State.HEALTHY, null, queue.waiting(), now());
      queue.endOutage();
    }
  }

  private void retry(Parcel parcel, Push push, SendResult.Retryable failure) {
    books.failed(failure.answer());
    boolean own = countTry(parcel, push, failure.kind());
    int limit = config.retry().maxRetries();
    if (limit > 0 && parcel.tries >= limit) {
      queue.settled(parcel);
      String hint = ServerLimits.hint(InflatedSize.of(push.body()));
      String answer = failure.answer() + (hint == null ? "" : "; " + hint);
      books.poison(parcel, push.labels(), answer, now());
      return;
    }
    queue.putBack(parcel, nowMillis() + circuit.backoff(parcel.failures));
    books.retried();
    if (!own) {
      pause(failure, InflatedSize.of(push.body()) > ServerLimits.BURST);
    }
  }

  /** True when others passed since this one's last failure: the failure is its own. */
  private boolean countTry(Parcel parcel, Push push, Kind kind) {
    boolean own =
        parcel.failures > 0
            && deliveries > parcel.deliveriesAtFailure
            && kind != Kind.MISCONFIGURED;
    if (own) {
      parcel.tries++;
    }
    parcel.failures++;
    parcel.deliveriesAtFailure = deliveries;
    return own && (kind != Kind.THROTTLED || InflatedSize.of(push.body()) > SUSPECT_BYTES);
  }

  /**
   * @param huge a 429 is what a server answers to it, however little it has to do
   */
  private void pause(SendResult.Retryable failure, boolean huge) {
    State before = circuit.state();
    if (huge && failure.kind() == Kind.THROTTLED && circuit.doubt()) {
      return;
    }
    circuit.failed(failure, nowMillis());
    if (failure.kind() == Kind.THROTTLED) {
      pacer.throttled(nowMillis());
    }
    if (circuit.state() != before) {
      books.turned(before, circuit.state(), failure.answer(), queue.waiting(), now());
    }
  }

  /**
   * Takes nothing more; completes when all that is fresh is delivered, or at the deadline. What is
   * left is on disk then for the next run, or, where no disk takes it, counted as closed. A down
   * endpoint that fails once more ends it early. Idempotent.
   */
  Future<Void> stop(long millis) {
    Promise<Void> promise = closing;
    if (promise == null) {
      promise = Promise.promise();
      closing = promise;
      phase = Phase.DRAINING;
      queue.leave();
      deadline = timers.after(millis, this::close);
      pump();
    }
    return promise.future();
  }

  private void finishDraining() {
    if (phase == Phase.DRAINING
        && queue.inFlight() == 0
        && (queue.waiting() == 0 || (queue.attached() && !queue.hasFresh()))) {
      close();
    }
  }

  private void close() {
    if (phase == Phase.CLOSING || phase == Phase.CLOSED) {
      return;
    }
    phase = Phase.CLOSING;
    deadline.cancel();
    if (wakeUp != null) {
      wakeUp.cancel();
    }
    queue.close(this::closed);
  }

  private void closed() {
    phase = Phase.CLOSED;
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
    return books.status(circuit.state(), queue);
  }

  private Instant now() {
    return Instant.ofEpochMilli(timers.wallMillis());
  }

  /** Monotonic: back-off must not jump with the wall clock. */
  private long nowMillis() {
    return timers.nanoTime() / 1_000_000;
  }
}
