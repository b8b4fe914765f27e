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
 * oldest go first, gone at exit. A view beside delivery, not a part of it: what does not fit is
 * simply not shown.
 */
public final class RecentProfiles implements ProfileSource {
  /** What keeping a profile costs beside its body; labels are shared with its loop. */
  private static final int OVERHEAD = 512;

  private static final Logger log = LoggerFactory.getLogger(RecentProfiles.class);

  private final long maxBytes;
  private final Deque<InMemory> kept = new ArrayDeque<>();
  private long bytes;
  private boolean enabled = true;
  private int stores;

  /**
   * @param maxBytes of bodies and overhead
   */
  public RecentProfiles(long maxBytes) {
    this.maxBytes = maxBytes;
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
      bytes = 0;
    }
  }

  void keep(Profile profile) {
    long cost = profile.body().length + OVERHEAD;
    if (!enabled || cost > maxBytes / 4) {
      return;
    }
    while (bytes + cost > maxBytes) {
      bytes -= kept.removeFirst().length() + OVERHEAD;
    }
    Labels labels =
        profile.labels().filter(n -> n.equals(LabelNames.NAME) || !LabelNames.isPrivate(n));
    kept.addLast(new InMemory(Segment.series(labels), profile.scrapedAtMillis(), profile.body()));
    bytes += cost;
  }

  /** What is held. */
  public long bytes() {
    return bytes;
  }

  @Override
  public Future<List<Kept>> find(Predicate<Series> series, long from, long until) {
    List<Kept> found = new ArrayList<>();
    for (InMemory one : kept) {
      if (one.atMillis() >= from && one.atMillis() < until && series.test(one.series())) {
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

  private record InMemory(Series series, long atMillis, byte[] body) implements Kept {
    @Override
    public int length() {
      return body.length;
    }

    @Override
    public void bad() {}
  }
}
