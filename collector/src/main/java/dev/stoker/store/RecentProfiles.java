package dev.stoker.store;

import dev.stoker.component.Services;
import dev.stoker.labels.LabelNames;
import dev.stoker.labels.Labels;
import dev.stoker.profile.Appender;
import dev.stoker.profile.Profile;
import dev.stoker.store.StoredRecord.Series;
import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The last profiles in memory, to look at where no store is configured: bounded by bytes, the
 * oldest go first, some at a time, gone at exit. A view beside delivery, not a part of it: what
 * does not fit is simply not shown.
 */
public final class RecentProfiles implements ProfileSource {
  /** What keeping a profile costs beside its body; labels are shared with its loop. */
  private static final int OVERHEAD = 512;

  private static final Logger log = LoggerFactory.getLogger(RecentProfiles.class);

  private final long maxBytes;
  private final Deque<InMemory> kept = new ArrayDeque<>();
  private final RecentBodies bodies;
  private boolean enabled = true;
  private int stores;

  /**
   * @param maxBytes of bodies and overhead
   */
  public RecentProfiles(long maxBytes) {
    this.maxBytes = maxBytes;
    this.bodies = new RecentBodies(maxBytes / 8 * 7, maxBytes / 8 / OVERHEAD);
  }

  /** The daemon's. */
  public static RecentProfiles of(Services services) {
    return services.shared(RecentProfiles.class, all -> new RecentProfiles(all.heap("recent")));
  }

  /** Counts the stores of the daemon: only without any is something kept here. */
  void stores(int change) {
    stores += change;
    enable(stores == 0);
  }

  /** The appender, with a look at what passes. */
  public Appender beside(Appender appender) {
    return profile -> {
      try {
        keep(profile);
      } catch (Throwable thrown) {
        log.error("internal error: a profile is not shown on the page of profiles", thrown);
      }
      return appender.append(profile);
    };
  }

  /** Whether anything is to be kept; what is there goes when not. */
  void enable(boolean wanted) {
    enabled = wanted;
    if (!wanted) {
      kept.clear();
      bodies.clear();
    }
  }

  void keep(Profile profile) {
    int length = profile.body().length;
    if (!enabled || length + OVERHEAD > maxBytes / 4) {
      return;
    }
    while (!bodies.hasRoom(length)) {
      drop();
    }
    Labels labels =
        profile.labels().filter(n -> n.equals(LabelNames.NAME) || !LabelNames.isPrivate(n));
    kept.addLast(
        new InMemory(
            Segment.series(labels), profile.scrapedAtMillis(), bodies.add(profile.body())));
  }

  /** Drops the oldest ones. */
  private void drop() {
    while (!kept.isEmpty() && bodies.isOldest(kept.getFirst().place())) {
      kept.removeFirst();
    }
    bodies.dropOldest();
  }

  /** What is held. */
  public long bytes() {
    return bodies.bytes() + (long) kept.size() * OVERHEAD;
  }

  @Override
  public Future<List<Kept>> find(Predicate<Series> series, long from, long until) {
    List<Kept> found = new ArrayList<>();
    for (InMemory one : kept) {
      if (one.atMillis() >= from && one.atMillis() < until && series.test(one.series())) {
        one.place().lend();
        found.add(one);
      }
    }
    return Future.succeededFuture(found);
  }

  @Override
  public Future<Set<String>> services() {
    Set<String> names = new HashSet<>();
    kept.forEach(one -> names.add(one.series().service()));
    return Future.succeededFuture(names);
  }

  private record InMemory(Series series, long atMillis, RecentBodies.Place place) implements Kept {
    @Override
    public int length() {
      return place.length();
    }

    @Override
    public byte[] body() {
      return place.body();
    }

    @Override
    public void bad() {}
  }
}
