package dev.stoker.write;

import dev.stoker.write.Parcel.Lane;
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
  private final TreeSet<Parcel> fresh = new TreeSet<>();
  private final TreeSet<Parcel> backlog = new TreeSet<>();
  private final TreeSet<Parcel> delayed =
      new TreeSet<>(
          Comparator.<Parcel>comparingLong(parcel -> parcel.notBeforeMillis)
              .thenComparingLong(parcel -> parcel.order));

  private final TreeSet<Parcel> aside = new TreeSet<>();
  private long bytes;

  void add(Parcel parcel) {
    put(parcel, parcel.backlog ? Lane.BACKLOG : Lane.FRESH);
    bytes += parcel.bytes;
  }

  /** Until its time has come. */
  void delay(Parcel parcel, long notBeforeMillis) {
    parcel.notBeforeMillis = notBeforeMillis;
    put(parcel, Lane.DELAYED);
    bytes += parcel.bytes;
  }

  /** It waits until {@link #comeBack} calls it. */
  void stepAside(Parcel parcel) {
    lane(parcel.lane).remove(parcel);
    put(parcel, Lane.ASIDE);
  }

  /** So many of those that stepped aside, the oldest, take their places again. */
  void comeBack(int most) {
    for (int i = 0; i < most && !aside.isEmpty(); i++) {
      undelay(aside.first());
    }
  }

  void remove(Parcel parcel) {
    lane(parcel.lane).remove(parcel);
    parcel.lane = Lane.NONE;
    bytes -= parcel.bytes;
  }

  void toBacklog(Parcel parcel) {
    parcel.backlog = true;
    if (parcel.lane == Lane.FRESH) {
      fresh.remove(parcel);
      put(parcel, Lane.BACKLOG);
    }
  }

  /** The outage is over: what waits is backlog, and its failures were the outage's. */
  void endOutage() {
    for (Parcel parcel : List.copyOf(fresh)) {
      toBacklog(parcel);
    }
    for (Parcel parcel : List.copyOf(delayed)) {
      parcel.backlog = true;
      if (parcel.tries == 0) {
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

  private void undelay(Parcel parcel) {
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

  private void put(Parcel parcel, Lane lane) {
    parcel.lane = lane;
    lane(lane).add(parcel);
  }

  private TreeSet<Parcel> lane(Lane lane) {
    return switch (lane) {
      case FRESH -> fresh;
      case BACKLOG -> backlog;
      case DELAYED -> delayed;
      case ASIDE -> aside;
      case NONE -> throw new IllegalStateException("in no lane");
    };
  }

  @Nullable Parcel firstFresh() {
    return fresh.isEmpty() ? null : fresh.first();
  }

  /** The oldest of those with the lowest rank; none is lower than 0. */
  @Nullable Parcel lowestFresh(ToLongFunction<Parcel> rank) {
    Parcel lowest = null;
    long least = Long.MAX_VALUE;
    for (Parcel parcel : fresh) {
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

  @Nullable Parcel firstOfBacklog() {
    return backlog.isEmpty() ? null : backlog.first();
  }

  /** The next younger one; the one before may have left the backlog meanwhile. */
  @Nullable Parcel nextOfBacklog(Parcel before) {
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
  List<Parcel> olderThan(long nowMillis) {
    List<Parcel> old = new ArrayList<>();
    for (TreeSet<Parcel> lane : List.of(backlog, fresh, aside)) {
      for (Parcel parcel : lane) {
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
    for (Parcel parcel : delayed) {
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
    for (Parcel parcel : delayed) {
      oldest = Math.min(oldest, parcel.enqueuedAtMillis);
    }
    return oldest;
  }

  void forEach(Consumer<Parcel> action) {
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
