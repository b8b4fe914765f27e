package dev.stoker.write.endpoint;

import dev.stoker.write.endpoint.EndpointStatus.State;
import dev.stoker.write.endpoint.SendResult.Kind;
import dev.stoker.write.endpoint.SeriesFailures.Verdict;
import dev.stoker.write.queue.QueuedProfile;
import dev.stoker.write.queue.SendQueue;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Decides which profile may be sent now and when to look again, by what the answers so far say: of
 * the endpoint ({@link Circuit}), of single series ({@link SeriesFailures}), and of the pace of the
 * backlog ({@link Pacer}). It owns these three and changes no profile. The control context owns it;
 * times are monotonic milliseconds.
 */
final class SendPolicy {
  private final SeriesFailures series = new SeriesFailures();
  private final Circuit circuit;
  private final Pacer pacer;
  private EndpointSettings settings;

  /** Profiles of failing series that are being sent. */
  private int suspectsInFlight;

  SendPolicy(EndpointSettings settings, RandomGenerator random, long nowMillis) {
    this.settings = settings;
    this.circuit = new Circuit(settings, random);
    this.pacer = new Pacer(settings.queue().backlogRate(), nowMillis);
  }

  /**
   * @param tried anew: credentials or the URL may be what was wrong
   */
  void configure(EndpointSettings next, boolean tried) {
    settings = next;
    circuit.configure(next, tried);
    pacer.configure(next.queue().backlogRate());
  }

  /**
   * Those of failing series that stepped aside are called back as far as there is room for them.
   */
  void callBack(SendQueue queue) {
    if (circuit.healthy()) { // else probes look for others first
      queue.comeBack(suspectsWindow() - suspectsInFlight);
    }
  }

  /**
   * The next profile to be sent, which is in flight from here on.
   *
   * @param draining the endpoint is being closed
   * @return null when none may go now
   */
  @Nullable QueuedProfile next(SendQueue queue, boolean draining, long nowMillis) {
    if (!mayPush(queue.inFlight(), nowMillis)) {
      return null;
    }
    if (!circuit.healthy()) {
      return queue.takeAny(series::probeRank, SeriesFailures.UNTRIED);
    }
    // At the end the backlog stays on disk for the next run; in memory alone it has to hurry.
    boolean backlog = draining ? !queue.attached() : pacer.open(nowMillis);
    return queue.take(backlog, this::mustStepAside);
  }

  /** Those of failing series, which a server may answer late, do not fill the window. */
  private boolean mayPush(int inFlight, long nowMillis) {
    return circuit.mayPush(circuit.healthy() ? inFlight - suspectsInFlight : inFlight, nowMillis)
        && inFlight < settings.queue().maxInFlight();
  }

  /** Profiles of failing series leave room for all others. */
  private boolean mustStepAside(QueuedProfile next) {
    return suspectsInFlight >= suspectsWindow() && series.charged(next);
  }

  private int suspectsWindow() {
    return Math.max(1, settings.queue().maxInFlight() / 2);
  }

  /** When a profile may go that may not go now; {@link WakeUp#NEVER} when only an answer tells. */
  long due(SendQueue queue, long nowMillis) {
    if (queue.waiting() == 0) {
      return WakeUp.NEVER;
    }
    if (nowMillis < circuit.pausedUntil()) {
      return circuit.pausedUntil();
    }
    if (!circuit.healthy()) {
      // The answer to the probe that is being sent decides.
      return queue.inFlight() > 0 ? WakeUp.NEVER : circuit.pausedUntil();
    }
    long due = queue.nextRelease();
    return queue.ready() && !pacer.open(nowMillis) ? Math.min(due, pacer.opensAt(nowMillis)) : due;
  }

  /**
   * A profile is going to be sent.
   *
   * @param inflated its bytes
   * @return whether its series is failing; to be given to {@link #sent}
   */
  boolean sending(QueuedProfile profile, long inflated) {
    if (profile.backlog()) {
      pacer.spend(inflated);
    }
    boolean suspect = series.charged(profile);
    suspectsInFlight += suspect ? 1 : 0;
    return suspect;
  }

  /** The try has ended, whatever came of it. */
  void sent(boolean suspect) {
    suspectsInFlight -= suspect ? 1 : 0;
  }

  /**
   * @return true when an outage is over
   */
  boolean accepted(QueuedProfile profile, long nowMillis) {
    series.delivered(profile, !circuit.healthy(), nowMillis);
    return answers();
  }

  /**
   * @return true when an outage is over: the server answers, and rejects
   */
  boolean rejected(QueuedProfile profile, long nowMillis) {
    return series.rejected(profile, nowMillis) && answers();
  }

  private boolean answers() {
    boolean back = !circuit.healthy();
    circuit.accepted();
    return back;
  }

  /** Counts the failure where it counts, and says whose it is. */
  Verdict judge(QueuedProfile profile, Kind kind, long inflated, long nowMillis) {
    boolean throttlesSize = settings.protocol().throttlesSize(inflated);
    return series.failed(profile, kind, inflated, throttlesSize, nowMillis);
  }

  /** True when the profile has used up its tries and has to be set aside. */
  boolean hopeless(QueuedProfile profile) {
    return series.hopeless(profile, settings.maxRetries());
  }

  /** How long the profile itself has to wait now. */
  long backoff(QueuedProfile profile) {
    return circuit.backoff(profile.failures());
  }

  /** What the failure of a profile that stays means for all others. */
  void failed(Verdict verdict, SendResult.Retryable failure, long nowMillis) {
    if (verdict != Verdict.ENDPOINT) {
      circuit.probedInVain(nowMillis);
      return;
    }
    circuit.failed(failure, nowMillis);
    if (failure.kind() == Kind.THROTTLED) {
      pacer.throttled(nowMillis);
    }
  }

  /** Of the endpoint, as users see it. */
  State state() {
    return circuit.healthy() && series.rejecting() ? State.REJECTING : circuit.state();
  }

  /** No answer for several tries in a row. */
  boolean down() {
    return circuit.state() == State.DOWN;
  }
}
