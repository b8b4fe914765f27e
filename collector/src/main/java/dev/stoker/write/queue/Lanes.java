package dev.stoker.write.queue;

import dev.stoker.write.queue.QueuedProfile.Lane;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * What waits, and in which order it goes: fresh ones, oldest first; beside them the backlog of an
 * outage, oldest first; those that wait for their back-off to end; and those of failing series that
 * stepped aside. Control context only.
 */
final class Lanes {
  private final TreeSet<QueuedProfile> fresh = new TreeSet<>();
  private final TreeSet<QueuedProfile> backlog = new TreeSet<>();
  private final TreeSet<QueuedProfile> delayed =
      new TreeSet<>(
          Comparator.<QueuedProfile>comparingLong(parcel -> parcel.notBeforeMillis)
              .thenComparingLong(parcel -> parcel.order));

  private final TreeSet<QueuedProfile> aside = new TreeSet<>();
  private long bytes;
  private int calledBack;

  void add(QueuedProfile parcel) {
    put(parcel, parcel.backlog ? Lane.BACKLOG : Lane.FRESH);
    bytes += parcel.bytes;
  }

  /** Until its time has come. */
  void delay(QueuedProfile parcel, long notBeforeMillis) {
    parcel.notBeforeMillis = notBeforeMillis;
    put(parcel, Lane.DELAYED);
    bytes += parcel.bytes;
  }

  /** It waits until {@link #comeBack} calls it. */
  void stepAside(QueuedProfile parcel) {
    lane(parcel.lane).remove(parcel);
    answered(parcel);
    put(parcel, Lane.ASIDE);
  }

  /**
   * So many of those that stepped aside, the oldest, take their places again; those that were
   * called before and have not been taken yet are among them.
   */
  void comeBack(int most) {
    while (calledBack < most && !aside.isEmpty()) {
      QueuedProfile parcel = aside.first();
      undelay(parcel);
      parcel.calledBack = true;
      calledBack++;
    }
  }

  private void answered(QueuedProfile parcel) {
    calledBack -= parcel.calledBack ? 1 : 0;
    parcel.calledBack = false;
  }

  void remove(QueuedProfile parcel) {
    lane(parcel.lane).remove(parcel);
    answered(parcel);
    parcel.lane = Lane.NONE;
    bytes -= parcel.bytes;
  }

  void toBacklog(QueuedProfile parcel) {
    parcel.backlog = true;
    if (parcel.lane == Lane.FRESH) {
      fresh.remove(parcel);
      put(parcel, Lane.BACKLOG);
    }
  }

  /** The outage is over: what waits is backlog, and its failures were the outage's. */
  void endOutage() {
    for (QueuedProfile parcel : List.copyOf(fresh)) {
      toBacklog(parcel);
    }
    for (QueuedProfile parcel : List.copyOf(delayed)) {
      parcel.backlog = true;
      if (parcel.tries() == 0) {
        undelay(parcel);
      }
    }
    aside.forEach(parcel -> parcel.backlog = true);
  }

  /** Those whose back-off has ended take their places again. */
  void release(long nowMillis) {
    while (!delayed.isEmpty() && delayed.first().notBeforeMillis <= nowMillis) {
      undelay(delayed.first());
    }
  }

  private void undelay(QueuedProfile parcel) {
    lane(parcel.lane).remove(parcel);
    parcel.notBeforeMillis = 0;
    put(parcel, parcel.backlog ? Lane.BACKLOG : Lane.FRESH);
  }

  /** While the endpoint is down the back-off of single ones means nothing. */
  void releaseOne() {
    if (!delayed.isEmpty()) {
      undelay(delayed.first());
    } else {
      comeBack(1);
    }
  }

  private void put(QueuedProfile parcel, Lane lane) {
    parcel.lane = lane;
    lane(lane).add(parcel);
  }

  private TreeSet<QueuedProfile> lane(Lane lane) {
    return switch (lane) {
      case FRESH -> fresh;
      case BACKLOG -> backlog;
      case DELAYED -> delayed;
      case ASIDE -> aside;
      case NONE -> throw new IllegalStateException("in no lane");
    };
  }

  @Nullable QueuedProfile firstFresh() {
    return fresh.isEmpty() ? null : fresh.first();
  }

  /** The oldest of those with the lowest rank; none is lower than 0. */
  @Nullable QueuedProfile lowestFresh(ToLongFunction<QueuedProfile> rank) {
    QueuedProfile lowest = null;
    long least = Long.MAX_VALUE;
    for (QueuedProfile parcel : fresh) {
      long its = rank.applyAsLong(parcel);
      if (its < least) {
        lowest = parcel;
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

  /** Those that could go now, but for pace and window. */
  int ready() {
    return fresh.size() + backlog.size();
  }

  boolean hasFresh() {
    return !fresh.isEmpty();
  }

  /** When the first back-off ends; Long.MAX_VALUE when none runs. */
  long nextRelease() {
    return delayed.isEmpty() ? Long.MAX_VALUE : delayed.first().notBeforeMillis;
  }

  /** Those that came before, but for delayed ones, whose turn comes. */
  List<QueuedProfile> olderThan(long nowMillis) {
    List<QueuedProfile> old = new ArrayList<>();
    for (TreeSet<QueuedProfile> lane : List.of(backlog, fresh, aside)) {
      for (QueuedProfile parcel : lane) {
        if (parcel.enqueuedAtMillis >= nowMillis) {
          break;
        }
        old.add(parcel);
      }
    }
    return old;
  }

  /** When the oldest was scraped, Unix milliseconds; Long.MAX_VALUE when nothing waits. */
  long oldestScrape() {
    long oldest = Long.MAX_VALUE;
    oldest = fresh.isEmpty() ? oldest : Math.min(oldest, fresh.first().scrapedAtMillis);
    oldest = backlog.isEmpty() ? oldest : Math.min(oldest, backlog.first().scrapedAtMillis);
    oldest = aside.isEmpty() ? oldest : Math.min(oldest, aside.first().scrapedAtMillis);
    for (QueuedProfile parcel : delayed) {
      oldest = Math.min(oldest, parcel.scrapedAtMillis);
    }
    return oldest;
  }

  /** When the oldest came, monotonic milliseconds; Long.MAX_VALUE when nothing waits. */
  long oldestArrival() {
    long oldest = Long.MAX_VALUE;
    oldest = fresh.isEmpty() ? oldest : Math.min(oldest, fresh.first().enqueuedAtMillis);
    oldest = backlog.isEmpty() ? oldest : Math.min(oldest, backlog.first().enqueuedAtMillis);
    oldest = aside.isEmpty() ? oldest : Math.min(oldest, aside.first().enqueuedAtMillis);
    for (QueuedProfile parcel : delayed) {
      oldest = Math.min(oldest, parcel.enqueuedAtMillis);
    }
    return oldest;
  }

  void forEach(Consumer<QueuedProfile> action) {
    fresh.forEach(action);
    backlog.forEach(action);
    delayed.forEach(action);
    aside.forEach(action);
  }

  int size() {
    return fresh.size() + backlog.size() + delayed.size() + aside.size();
  }

  /** Of the bodies of all that wait. */
  long bytes() {
    return bytes;
  }
}
