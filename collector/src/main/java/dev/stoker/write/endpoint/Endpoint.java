package dev.stoker.write.endpoint;

import dev.stoker.concurrent.Timers;
import dev.stoker.profile.Profile;
import dev.stoker.write.disk.DiskQueues;
import dev.stoker.write.disk.QueueHome;
import dev.stoker.write.endpoint.EndpointStatus.State;
import dev.stoker.write.endpoint.SendResult.Kind;
import dev.stoker.write.queue.DropReason;
import dev.stoker.write.queue.OutgoingProfile;
import dev.stoker.write.queue.QueuedProfile;
import dev.stoker.write.queue.SendQueue;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Instant;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Delivers one endpoint's queue; the only retry loop in Stoker. Control context only.
 *
 * <p>Whether a failure is the endpoint's or the profile's is told by the others, see {@link
 * SeriesFailures}: a profile's tries count only while other profiles pass (then it ends as poison;
 * tries are not kept over a restart), and while none passes the endpoint is down and profiles end
 * by bytes or age only. When it is back, fresh profiles go first, and the backlog beside them at
 * its own rate.
 */
public final class Endpoint {
  /** The queue is looked at again this long after a bug. */
  private static final long AFTER_BUG_MILLIS = 1_000;

  private enum Phase {
    OPEN,
    DRAINING,
    CLOSING,
    CLOSED
  }

  private final Timers timers;
  private final EndpointAccounting books;
  final SendQueue queue;
  private final Circuit circuit;
  private final Pacer pacer;
  private final SeriesFailures series = new SeriesFailures();
  private EndpointSettings settings;
  private SenderSlot sender;
  private Phase phase = Phase.OPEN;
  private boolean started;
  private int suspectsInFlight;
  private Timers.@Nullable Cancellable wakeUp;
  private long wakeAt;
  private @Nullable Promise<Void> closing;
  private Timers.Cancellable deadline = () -> {};

  public Endpoint(
      EndpointSettings settings,
      Sender sender,
      Timers timers,
      RandomGenerator random,
      EndpointAccounting books) {
    this.settings = settings;
    this.sender = new SenderSlot(sender);
    this.timers = timers;
    this.books = books;
    this.circuit = new Circuit(settings, random);
    this.pacer = new Pacer(settings.queue().backlogRate(), nowMillis());
    this.queue = new SendQueue(settings.queue(), timers, books, this::pump);
  }

  /** It takes part from now on, and shows in the metrics. */
  public void start() {
    if (!started) {
      started = true;
      books.watch(queue);
    }
  }

  /** Gives the queue its disk lane, once; what is there comes by itself. */
  public void attach(DiskQueues queues, QueueHome home) {
    queue.attach(queues, home);
  }

  /**
   * True when the profile is this queue's now; a refused one is counted already. Never throws: one
   * endpoint's bug must not keep the profile from the others.
   */
  public boolean offer(OutgoingProfile push) {
    books.offered(push.origin());
    DropReason refused;
    try {
      refused = enqueue(push);
    } catch (Throwable thrown) {
      books.bug("taking a profile into the queue", thrown);
      refused = DropReason.INTERNAL;
    }
    if (refused != null) {
      books.dropped(refused, push.body().length, push.scrapedAtMillis());
      return false;
    }
    pump();
    return true;
  }

  private @Nullable DropReason enqueue(OutgoingProfile push) {
    long inflated = InflatedSize.of(push.body());
    books.size(inflated);
    DropReason refused = refusal(inflated);
    return refused == null ? queue.offer(push) : refused;
  }

  /** A profile that a bug keeps from being offered; always false. */
  public boolean lose(Profile profile) {
    books.offered(profile.origin());
    books.dropped(DropReason.INTERNAL, profile.body().length, profile.scrapedAtMillis());
    return false;
  }

  private @Nullable DropReason refusal(long inflated) {
    if (phase != Phase.OPEN) {
      return DropReason.CLOSED;
    }
    long limit = settings.maxProfileSize();
    return limit > 0 && inflated > limit ? DropReason.TOO_LARGE : null;
  }

  /**
   * Goes on with other settings; what is queued, in flight and counted stays.
   *
   * @param next takes the place of the sender, which ends when its last try has; null = it stays
   */
  public void reconfigure(EndpointSettings changed, @Nullable Sender next) {
    settings = changed;
    circuit.configure(changed, next != null);
    pacer.configure(changed.queue().backlogRate());
    queue.configure(changed.queue());
    if (next != null) {
      sender.retire();
      sender = new SenderSlot(next);
    }
    pump();
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
    if (circuit.healthy()) { // else probes look for others first
      queue.comeBack(suspectsWindow() - suspectsInFlight);
    }
    long now = nowMillis();
    while (mayPush(now)) {
      QueuedProfile next =
          circuit.healthy()
              ? queue.take(backlogMayGo(now), this::mustStepAside)
              : queue.takeAny(series::probeRank, SeriesFailures.UNTRIED);
      if (next == null) {
        break;
      }
      send(next);
    }
    sleep(now);
    finishDraining();
  }

  /** Those of failing series, which a server may answer late, do not fill the window. */
  private boolean mayPush(long now) {
    int all = queue.inFlight();
    return circuit.mayPush(circuit.healthy() ? all - suspectsInFlight : all, now)
        && all < settings.queue().maxInFlight();
  }

  /** They leave room for all others. */
  private boolean mustStepAside(QueuedProfile next) {
    return suspectsInFlight >= suspectsWindow() && series.charged(next);
  }

  private int suspectsWindow() {
    return Math.max(1, settings.queue().maxInFlight() / 2);
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

  private void send(QueuedProfile parcel) {
    OutgoingProfile push = parcel.content();
    if (parcel.backlog()) {
      pacer.spend(InflatedSize.of(push.body()));
    }
    boolean suspect = series.charged(parcel);
    suspectsInFlight += suspect ? 1 : 0;
    long start = timers.nanoTime();
    sender
        .send(push)
        .onSuccess(
            result -> {
              suspectsInFlight -= suspect ? 1 : 0;
              books.latency(timers.nanoTime() - start);
              answered(parcel, push, result);
            });
  }

  private void answered(QueuedProfile parcel, OutgoingProfile push, SendResult result) {
    if (phase == Phase.CLOSED) {
      return; // on disk for the next run, or counted as closed
    }
    State before = state();
    if (result instanceof SendResult.Accepted) {
      accepted(parcel);
    } else if (result instanceof SendResult.Rejected rejected) {
      rejected(parcel, push, rejected.answer());
    } else if (phase != Phase.CLOSING) {
      retry(parcel, push, (SendResult.Retryable) result);
    }
    if (state() != before) {
      books.turned(before, state(), queue.waiting(), now());
    }
    pump();
    if (phase == Phase.DRAINING && circuit.state() == State.DOWN && queue.inFlight() == 0) {
      close(); // hopeless
    }
  }

  private void accepted(QueuedProfile parcel) {
    queue.settled(parcel);
    books.sent(parcel);
    series.delivered(parcel, !circuit.healthy(), nowMillis());
    answers();
  }

  private void rejected(QueuedProfile parcel, OutgoingProfile push, String answer) {
    queue.settled(parcel);
    books.rejected(parcel, push.labels(), answer);
    if (series.rejected(parcel, nowMillis())) {
      answers();
    }
  }

  private void answers() {
    boolean back = !circuit.healthy();
    circuit.accepted();
    if (back) {
      queue.endOutage();
    }
  }

  private State state() {
    return circuit.healthy() && series.rejecting() ? State.REJECTING : circuit.state();
  }

  private void retry(QueuedProfile parcel, OutgoingProfile push, SendResult.Retryable failure) {
    books.failed(failure.answer());
    long inflated = InflatedSize.of(push.body());
    SeriesFailures.Verdict verdict =
        series.failed(
            parcel,
            failure.kind(),
            inflated,
            settings.protocol().throttlesSize(inflated),
            nowMillis());
    String hint = settings.protocol().exceededLimits(inflated);
    String answer = failure.answer() + (hint == null ? "" : "; " + hint);
    if (verdict == SeriesFailures.Verdict.OWN_ANEW) {
      books.seriesFails(push.labels(), answer);
    }
    if (series.hopeless(parcel, settings.maxRetries())) {
      queue.settled(parcel);
      books.poison(parcel, push.labels(), answer, now());
      return;
    }
    long delay = circuit.backoff(parcel.failures());
    queue.putBack(parcel, nowMillis() + delay);
    books.retried(push.labels(), failure.answer(), delay);
    if (verdict == SeriesFailures.Verdict.ENDPOINT) {
      pause(failure);
    } else {
      circuit.probedInVain(nowMillis());
    }
  }

  private void pause(SendResult.Retryable failure) {
    circuit.failed(failure, nowMillis());
    if (failure.kind() == Kind.THROTTLED) {
      pacer.throttled(nowMillis());
    }
  }

  /**
   * Takes nothing more; completes when all that is fresh is delivered, or at the deadline. What is
   * left is on disk then for the next run, or, where no disk takes it, counted as closed. A down
   * endpoint that fails once more ends it early. Idempotent.
   */
  public Future<Void> stop(long millis) {
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

  public EndpointStatus status() {
    return books.status(state(), queue);
  }

  private Instant now() {
    return Instant.ofEpochMilli(timers.wallMillis());
  }

  /** Monotonic: back-off must not jump with the wall clock. */
  private long nowMillis() {
    return timers.nanoTime() / 1_000_000;
  }
}
