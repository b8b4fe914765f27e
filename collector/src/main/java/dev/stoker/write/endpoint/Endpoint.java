package dev.stoker.write.endpoint;

import dev.stoker.concurrent.Timers;
import dev.stoker.profile.Profile;
import dev.stoker.profile.Room;
import dev.stoker.write.disk.DiskQueues;
import dev.stoker.write.disk.QueueHome;
import dev.stoker.write.endpoint.EndpointStatus.State;
import dev.stoker.write.queue.DropReason;
import dev.stoker.write.queue.OutgoingProfile;
import dev.stoker.write.queue.QueuedProfile;
import dev.stoker.write.queue.SendQueue;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Delivers the queue of one endpoint, whatever protocol its sender speaks: the only retry loop in
 * Stoker. The control context owns it. It has three parts: {@link SendQueue} holds the profiles,
 * {@link SendPolicy} says which of them may be sent now, and {@link EndpointAccounting} counts what
 * becomes of them.
 *
 * <p>Whether a failure is the endpoint's or the profile's is told by the other profiles, see {@link
 * SeriesFailures}. A profile's tries count only while others pass; then it ends as poison. Tries
 * are not kept over a restart. While no profile passes the endpoint is down, and profiles end by
 * bytes or age only. When it is back, fresh profiles go first, and the backlog beside them at its
 * own rate.
 */
public final class Endpoint {
  /** The queue is looked at again this long after a bug. */
  private static final long AFTER_BUG_MILLIS = 1_000;

  private final Timers timers;
  private final EndpointAccounting accounting;
  final SendQueue queue;
  private final SendPolicy policy;
  private final WakeUp wakeUp;
  private EndpointSettings settings;
  private SenderSlot sender;
  private final EndpointLife life = new EndpointLife();
  private boolean started;

  /**
   * @param sender closed with the endpoint
   * @param accounting of this endpoint alone
   */
  public Endpoint(
      EndpointSettings settings,
      Sender sender,
      Timers timers,
      RandomGenerator random,
      EndpointAccounting accounting) {
    this.settings = settings;
    this.sender = new SenderSlot(sender);
    this.timers = timers;
    this.accounting = accounting;
    this.policy = new SendPolicy(settings, random, nowMillis());
    this.wakeUp = new WakeUp(timers, this::pump);
    this.queue = new SendQueue(settings.queue(), timers, accounting, this::pump);
  }

  /** The endpoint shows in the metrics from now on. */
  public void start() {
    if (!started) {
      started = true;
      accounting.watch(queue);
    }
  }

  /** Gives the queue its files, once; what earlier runs have left there comes by itself. */
  public void attach(DiskQueues queues, QueueHome home) {
    queue.attach(queues, home);
  }

  /**
   * True when the profile is this queue's now; one that is refused is counted already. Never throws
   * for a bug of its own: that must not keep the profile from the other endpoints.
   *
   * @param profile shared with the other endpoints; its body is neither copied nor changed
   */
  public boolean offer(OutgoingProfile profile) {
    timers.control().assertOn();
    accounting.offered(profile.origin());
    DropReason refused;
    try {
      refused = enqueue(profile);
    } catch (Throwable thrown) {
      accounting.bug("taking a profile into the queue", thrown);
      refused = DropReason.INTERNAL;
    }
    if (refused != null) {
      accounting.dropped(refused, profile.body().length, profile.scrapedAtMillis());
      return false;
    }
    pump();
    return true;
  }

  private @Nullable DropReason enqueue(OutgoingProfile profile) {
    long inflated = InflatedSize.of(profile.body());
    accounting.size(inflated);
    DropReason refused = refusal(inflated);
    return refused == null ? queue.offer(profile) : refused;
  }

  /**
   * Whether {@link #offer} would take it now, after what the batch was promised, and without giving
   * up another pushed profile.
   */
  public boolean hasRoom(OutgoingProfile profile, Room batch) {
    return refusal(InflatedSize.of(profile.body())) == null && queue.hasRoom(profile, batch);
  }

  /** Counts a profile that a bug keeps from being offered. */
  public void lose(Profile profile) {
    timers.control().assertOn();
    accounting.offered(profile.origin());
    accounting.dropped(DropReason.INTERNAL, profile.body().length, profile.scrapedAtMillis());
  }

  private @Nullable DropReason refusal(long inflated) {
    if (!life.isOpen()) {
      return DropReason.CLOSED;
    }
    long limit = settings.maxProfileSize();
    return limit > 0 && inflated > limit ? DropReason.TOO_LARGE : null;
  }

  /**
   * Goes on with other settings; what is queued, in flight and counted stays.
   *
   * @param next takes the place of the sender, which is closed when its last try has ended; null =
   *     the sender stays
   */
  public void reconfigure(EndpointSettings changed, @Nullable Sender next) {
    timers.control().assertOn();
    settings = changed;
    policy.configure(changed, next != null);
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
      accounting.bug("sending", thrown);
      wakeUp.set(nowMillis() + AFTER_BUG_MILLIS, nowMillis());
    }
  }

  private void pumpNow() {
    if (!life.sends()) {
      return;
    }
    queue.expire();
    policy.callBack(queue);
    long now = nowMillis();
    boolean draining = life.isDraining();
    QueuedProfile next = policy.next(queue, draining, now);
    while (next != null) {
      send(next);
      next = policy.next(queue, draining, now);
    }
    wakeUp.set(policy.due(queue, now), now);
    finishDraining();
  }

  private void send(QueuedProfile profile) {
    OutgoingProfile content = profile.content();
    boolean suspect = policy.sending(profile, InflatedSize.of(content.body()));
    long start = timers.nanoTime();
    sender
        .send(content)
        .onSuccess(
            result -> {
              policy.sent(suspect);
              accounting.latency(timers.nanoTime() - start);
              answered(profile, content, result);
            });
  }

  private void answered(QueuedProfile profile, OutgoingProfile content, SendResult result) {
    if (life.isClosed()) {
      return; // the profile is on disk for the next run, or counted as closed
    }
    State before = policy.state();
    if (result instanceof SendResult.Accepted) {
      accepted(profile);
    } else if (result instanceof SendResult.Rejected rejected) {
      rejected(profile, content, rejected.answer());
    } else if (life.sends()) {
      retry(profile, content, (SendResult.Retryable) result);
    }
    if (policy.state() != before) {
      accounting.turned(before, policy.state(), queue.waiting(), now());
    }
    pump();
    if (life.isDraining() && policy.down() && queue.inFlight() == 0) {
      close(); // what is left cannot be delivered in time
    }
  }

  private void accepted(QueuedProfile profile) {
    queue.settled(profile);
    accounting.sent(profile);
    if (policy.accepted(profile, nowMillis())) {
      queue.endOutage();
    }
  }

  private void rejected(QueuedProfile profile, OutgoingProfile content, String answer) {
    queue.settled(profile);
    accounting.rejected(profile, content.labels(), answer);
    if (policy.rejected(profile, nowMillis())) {
      queue.endOutage();
    }
  }

  private void retry(QueuedProfile profile, OutgoingProfile content, SendResult.Retryable failure) {
    accounting.failed(failure.answer());
    long inflated = InflatedSize.of(content.body());
    SeriesFailures.Verdict verdict = policy.judge(profile, failure.kind(), inflated, nowMillis());
    String hint = settings.protocol().exceededLimits(inflated);
    String answer = failure.answer() + (hint == null ? "" : "; " + hint);
    if (verdict == SeriesFailures.Verdict.OWN_ANEW) {
      accounting.seriesFails(content.labels(), answer);
    }
    if (policy.hopeless(profile)) {
      queue.settled(profile);
      accounting.poison(profile, content.labels(), answer, now());
      return;
    }
    long delay = policy.backoff(profile);
    queue.putBack(profile, nowMillis() + delay);
    accounting.retried(content.labels(), failure.answer(), delay);
    policy.failed(verdict, failure, nowMillis());
  }

  /**
   * Takes nothing more and delivers what is fresh. What is left then is on disk for the next run,
   * or counted as closed where no disk takes it. Idempotent.
   *
   * @param millis to deliver in; an endpoint that is down and fails once more takes no longer
   * @return completes when the endpoint is closed
   */
  public Future<Void> stop(long millis) {
    timers.control().assertOn();
    if (life.drain()) {
      queue.leave();
      life.until(timers.after(millis, this::close));
      pump();
    }
    return life.whenClosed();
  }

  private void finishDraining() {
    if (life.isDraining()
        && queue.inFlight() == 0
        && (queue.waiting() == 0 || (queue.attached() && !queue.hasFresh()))) {
      close();
    }
  }

  private void close() {
    if (life.close()) {
      wakeUp.cancel();
      queue.close(this::closed);
    }
  }

  private void closed() {
    life.closed();
    accounting.close();
    sender.close().onComplete(ignored -> life.ended());
  }

  public EndpointStatus status() {
    return accounting.status(policy.state(), queue);
  }

  private Instant now() {
    return Instant.ofEpochMilli(timers.wallMillis());
  }

  /** Monotonic: back-off must not jump with the wall clock. */
  private long nowMillis() {
    return timers.nanoTime() / 1_000_000;
  }
}
