package dev.stoker.write.endpoint;

import dev.stoker.write.endpoint.SendResult.Kind;
import dev.stoker.write.queue.QueuedProfile;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Whose a failure is: the endpoint's, or that of the series whose profile was sent. A series that
 * fails while others pass is charged with its failures; the endpoint is not. Remembers the last
 * {@link #REMEMBERED} series that fail and as many that pass, by a hash of tenant and labels. The
 * control context owns it; times are monotonic milliseconds.
 */
final class SeriesFailures {
  static final int REMEMBERED = 1_000;

  /** A profile's further failures count against the endpoint when nothing passed for so long. */
  private static final long DOUBT_MILLIS = 10_000;

  /** Nothing passed for so long: that others would pass is no longer known. */
  private static final long UNPROVEN_MILLIS = 120_000;

  /** A 429 is the profile's own only where it is this large inflated. */
  private static final long SUSPECT_BYTES = 1L << 20;

  /** Rejections with no other answer in between that are the endpoint's. */
  private static final int REJECTING_AFTER = 3;

  /** Nothing passed for so long: a series that never passed tells of the endpoint too. */
  private static final long NOTHING_PASSES_MILLIS = 60_000;

  /** Counted tries after which a profile goes whose series has used up all of its own. */
  private static final int LEAST_TRIES = 3;

  /** The rank of a profile that has not failed and of whose series nothing is known. */
  static final long UNTRIED = 1L << Integer.SIZE;

  /** What a failure says. */
  enum Verdict {
    /** It counts against the endpoint. */
    ENDPOINT,
    /** It was tried again too soon to say anything new. */
    NOTHING,
    /** The profile's or its series' own: others pass. */
    OWN,
    /** The same, for the first time since the series passed. */
    OWN_ANEW
  }

  private static final class Failing {
    final long deliveriesBefore;
    boolean charged;
    int tries;

    Failing(long deliveriesBefore) {
      this.deliveriesBefore = deliveriesBefore;
    }
  }

  private final Map<Long, Failing> failing = new Recent<>();
  private final Map<Long, Boolean> passed = new Recent<>();
  private long deliveries;
  private long deliveredAt;

  private int rejections;

  /** When the first failure since the last delivery came; -1 = there is none. */
  private long failingSince = -1;

  /**
   * The server took it.
   *
   * @param outageEnds what began to fail in the outage failed by the outage's fault
   */
  void delivered(QueuedProfile profile, boolean outageEnds, long nowMillis) {
    if (outageEnds) {
      failing.values().removeIf(series -> !series.charged);
    }
    deliveries++;
    rejections = 0;
    deliveredAt = nowMillis;
    failingSince = -1;
    failing.remove(profile.series());
    passed.put(profile.series(), true);
  }

  /**
   * Counts the try where it counts against the profile.
   *
   * @param inflated bytes of the profile
   * @param throttlesSize a server throttles a profile of this size, however little it has to do:
   *     the others must not wait for it, unless nothing at all passes
   */
  Verdict failed(
      QueuedProfile profile, Kind kind, long inflated, boolean throttlesSize, long nowMillis) {
    rejections = 0;
    if (kind == Kind.MISCONFIGURED || kind == Kind.UNREACHABLE) {
      failedOnce(profile, false, nowMillis);
      return Verdict.ENDPOINT;
    }
    boolean attributable = kind != Kind.THROTTLED || inflated > SUSPECT_BYTES;
    boolean passedSince = profile.failures() > 0 && deliveries > profile.deliveriesAtFailure();
    boolean soon =
        profile.failures() > 0 && failingSince >= 0 && nowMillis - failingSince < DOUBT_MILLIS;
    Failing series = attributable ? series(profile) : null;
    if (passedSince && series != null) {
      series.tries++;
    }
    boolean itself = passedSince || kind == Kind.THROTTLED && throttlesSize && somePass(nowMillis);
    failedOnce(profile, passedSince, nowMillis);
    if (series != null && (itself || othersPass(series, nowMillis))) {
      boolean anew = !series.charged;
      series.charged = true;
      return anew ? Verdict.OWN_ANEW : Verdict.OWN;
    }
    return kind == Kind.UNAVAILABLE && soon && !onlySeries() ? Verdict.NOTHING : Verdict.ENDPOINT;
  }

  /**
   * The server refused it for good. A series that never passed says nothing of the endpoint while
   * others pass.
   *
   * @return whether the endpoint rejects all, see {@link #rejecting}
   */
  boolean rejected(QueuedProfile profile, long nowMillis) {
    boolean othersPass = deliveries > 0 && nowMillis - deliveredAt < NOTHING_PASSES_MILLIS;
    if (!othersPass || passed.containsKey(profile.series())) {
      rejections++;
    }
    return rejecting();
  }

  /** The last answers are rejections. */
  boolean rejecting() {
    return rejections >= REJECTING_AFTER;
  }

  private void failedOnce(QueuedProfile profile, boolean counts, long nowMillis) {
    profile.failed(counts, deliveries);
    if (failingSince < 0) {
      failingSince = nowMillis;
    }
  }

  private Failing series(QueuedProfile profile) {
    return failing.computeIfAbsent(profile.series(), ignored -> new Failing(deliveries));
  }

  /** Or it is too early to say that nothing does. */
  private boolean somePass(long nowMillis) {
    return failingSince < 0 || nowMillis - failingSince < NOTHING_PASSES_MILLIS;
  }

  /** Since it began to fail, and not too long ago. */
  private boolean othersPass(Failing series, long nowMillis) {
    return deliveries > series.deliveriesBefore && nowMillis - deliveredAt < UNPROVEN_MILLIS;
  }

  /** Of this one alone something is known, and it has passed: nobody else can prove anything. */
  private boolean onlySeries() {
    return passed.size() == 1 && failing.keySet().stream().allMatch(passed::containsKey);
  }

  /** True when the profile has to be set aside. */
  boolean hopeless(QueuedProfile profile, int maxRetries) {
    Failing series = failing.get(profile.series());
    return maxRetries > 0
        && (profile.tries() >= maxRetries
            || (profile.tries() >= LEAST_TRIES && series != null && series.tries >= maxRetries));
  }

  /** Its series fails while others pass. */
  boolean charged(QueuedProfile profile) {
    Failing series = failing.get(profile.series());
    return series != null && series.charged;
  }

  /** The lower, the more a probe with it says about the endpoint. */
  long probeRank(QueuedProfile profile) {
    return suspicion(profile) * UNTRIED + profile.failures();
  }

  private long suspicion(QueuedProfile profile) {
    Failing series = failing.get(profile.series());
    if (series != null && series.charged) {
      return 3;
    }
    if (passed.containsKey(profile.series())) {
      return 0;
    }
    return series == null ? 1 : 2;
  }

  /** The least recently used goes first. */
  private static final class Recent<V> extends LinkedHashMap<Long, V> {
    private static final long serialVersionUID = 1L;

    Recent() {
      super(16, 0.75f, true);
    }

    @Override
    protected boolean removeEldestEntry(Map.@Nullable Entry<Long, V> eldest) {
      return size() > REMEMBERED;
    }
  }
}
