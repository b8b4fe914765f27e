package dev.stoker.write.queue;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The profiles that wait, and the order in which they go: fresh ones, oldest first; in addition the
 * backlog of an outage, oldest first; those that wait for the end of their back-off; and those of
 * failing series that stepped aside. The control context owns it.
 */
final class Lanes {
  final TreeSet<QueuedProfile> fresh = new TreeSet<>();
  final TreeSet<QueuedProfile> backlog = new TreeSet<>();
  final TreeSet<QueuedProfile> delayed =
      new TreeSet<>(
          Comparator.comparingLong(QueuedProfile::notBeforeMillis)
              .thenComparing(Comparator.naturalOrder()));

  final TreeSet<QueuedProfile> aside = new TreeSet<>();
  private long bytes;
  private int calledBack;

  void add(QueuedProfile profile) {
    profile.enter();
    lane(profile.stage()).add(profile);
    bytes += profile.bytes();
  }

  /** A profile that was in flight waits until its time has come. */
  void delay(QueuedProfile profile, long untilMillis) {
    profile.delay(untilMillis);
    delayed.add(profile);
    bytes += profile.bytes();
  }

  /** The profile is in flight from here on. */
  void take(QueuedProfile profile) {
    leave(profile);
    profile.take();
  }

  /** The profile leaves the queue. */
  void remove(QueuedProfile profile) {
    leave(profile);
    profile.settle();
  }

  private void leave(QueuedProfile profile) {
    lane(profile.stage()).remove(profile);
    calledBack -= profile.calledBack() ? 1 : 0;
    bytes -= profile.bytes();
  }

  /** The profile waits until {@link #comeBack} calls it. */
  void stepAside(QueuedProfile profile) {
    lane(profile.stage()).remove(profile);
    calledBack -= profile.calledBack() ? 1 : 0;
    profile.stepAside();
    aside.add(profile);
  }

  /**
   * So many of those that stepped aside, the oldest, take their places again; those that were
   * called before and have not been taken yet are among them.
   */
  void comeBack(int most) {
    while (calledBack < most && !aside.isEmpty()) {
      returnToPlace(aside.first());
      calledBack++;
    }
  }

  /** Profiles that were called back and have not been taken since. */
  int calledBack() {
    return calledBack;
  }

  void toBacklog(QueuedProfile profile) {
    boolean fresh = this.fresh.remove(profile);
    profile.joinBacklog();
    if (fresh) {
      backlog.add(profile);
    }
  }

  /** The outage is over: what waits is backlog, and its failures were the outage's. */
  void endOutage() {
    for (QueuedProfile profile : List.copyOf(fresh)) {
      toBacklog(profile);
    }
    for (QueuedProfile profile : List.copyOf(delayed)) {
      profile.joinBacklog();
      if (profile.tries() == 0) {
        returnToPlace(profile);
      }
    }
    aside.forEach(QueuedProfile::joinBacklog);
  }

  /** Those whose back-off has ended take their places again. */
  void release(long nowMillis) {
    while (!delayed.isEmpty() && delayed.first().notBeforeMillis() <= nowMillis) {
      returnToPlace(delayed.first());
    }
  }

  private void returnToPlace(QueuedProfile profile) {
    lane(profile.stage()).remove(profile);
    profile.comeBack();
    lane(profile.stage()).add(profile);
  }

  /** While the endpoint is down the back-off of single ones means nothing. */
  void releaseOne() {
    if (!delayed.isEmpty()) {
      returnToPlace(delayed.first());
    } else {
      comeBack(1);
    }
  }

  private TreeSet<QueuedProfile> lane(Stage stage) {
    return switch (stage) {
      case FRESH -> fresh;
      case BACKLOG -> backlog;
      case DELAYED -> delayed;
      case ASIDE -> aside;
      case ARRIVED, IN_FLIGHT, SETTLED ->
          throw new IllegalStateException("bug: a profile does not wait, it is " + stage);
    };
  }

  @Nullable QueuedProfile firstFresh() {
    return fresh.isEmpty() ? null : fresh.first();
  }

  /** The oldest fresh profile of those with the lowest rank; no rank is lower than 0. */
  @Nullable QueuedProfile lowestFresh(ToLongFunction<QueuedProfile> rank) {
    QueuedProfile lowest = null;
    long least = Long.MAX_VALUE;
    for (QueuedProfile profile : fresh) {
      long its = rank.applyAsLong(profile);
      if (its < least) {
        lowest = profile;
        least = its;
      }
      if (its == 0) {
        break;
      }
    }
    return lowest;
  }

  @Nullable QueuedProfile firstOfBacklog() {
    return backlog.isEmpty() ? null : backlog.first();
  }

  /** The next younger one; the one before may have left the backlog meanwhile. */
  @Nullable QueuedProfile nextOfBacklog(QueuedProfile before) {
    return backlog.higher(before);
  }

  /** Profiles that pace and window alone keep from being sent. */
  int ready() {
    return fresh.size() + backlog.size();
  }

  boolean hasFresh() {
    return !fresh.isEmpty();
  }

  /** When the first back-off ends; Long.MAX_VALUE when none runs. */
  long nextRelease() {
    return delayed.isEmpty() ? Long.MAX_VALUE : delayed.first().notBeforeMillis();
  }

  /**
   * Profiles that came before the given time. Delayed ones are left out: they are checked again
   * when their back-off ends.
   */
  List<QueuedProfile> olderThan(long nowMillis) {
    List<QueuedProfile> old = new ArrayList<>();
    for (TreeSet<QueuedProfile> lane : List.of(backlog, fresh, aside)) {
      for (QueuedProfile profile : lane) {
        if (profile.enqueuedAtMillis() >= nowMillis) {
          break;
        }
        old.add(profile);
      }
    }
    return old;
  }

  /** When the oldest was scraped, Unix milliseconds; Long.MAX_VALUE when nothing waits. */
  long oldestScrape() {
    long oldest = Long.MAX_VALUE;
    oldest = fresh.isEmpty() ? oldest : Math.min(oldest, fresh.first().scrapedAtMillis());
    oldest = backlog.isEmpty() ? oldest : Math.min(oldest, backlog.first().scrapedAtMillis());
    oldest = aside.isEmpty() ? oldest : Math.min(oldest, aside.first().scrapedAtMillis());
    for (QueuedProfile profile : delayed) {
      oldest = Math.min(oldest, profile.scrapedAtMillis());
    }
    return oldest;
  }

  /** When the oldest came, monotonic milliseconds; Long.MAX_VALUE when nothing waits. */
  long oldestArrival() {
    long oldest = Long.MAX_VALUE;
    oldest = fresh.isEmpty() ? oldest : Math.min(oldest, fresh.first().enqueuedAtMillis());
    oldest = backlog.isEmpty() ? oldest : Math.min(oldest, backlog.first().enqueuedAtMillis());
    oldest = aside.isEmpty() ? oldest : Math.min(oldest, aside.first().enqueuedAtMillis());
    for (QueuedProfile profile : delayed) {
      oldest = Math.min(oldest, profile.enqueuedAtMillis());
    }
    return oldest;
  }

  int size() {
    return fresh.size() + backlog.size() + delayed.size() + aside.size();
  }

  /** The bytes of the bodies of all that wait. */
  long bytes() {
    return bytes;
  }
}
