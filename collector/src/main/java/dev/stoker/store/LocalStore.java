package dev.stoker.store;

import dev.stoker.concurrent.FileThread;
import dev.stoker.concurrent.Timers;
import dev.stoker.files.StorageFolder;
import dev.stoker.labels.LabelNames;
import dev.stoker.labels.Labels;
import dev.stoker.profile.Appender;
import dev.stoker.profile.Profile;
import dev.stoker.store.StoreCounters.Reason;
import dev.stoker.store.StoredRecord.Series;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Keeps the last profiles on this machine, bytes as they came, under <code>
 * storage/store/component/</code>. {@link #append} only queues: one writer thread owns files and
 * index. A restart finds what was written; what the folder holds beside our segments is left alone.
 */
public final class LocalStore implements Appender, ProfileSource {
  private static final Logger LOG = LoggerFactory.getLogger(LocalStore.class);
  private static final long MAX_BACKLOG_BYTES = 32L << 20;
  private static final long RECORD_OVERHEAD = 1024;
  private static final long EXPIRE_EVERY_MILLIS = 30_000;

  private StoreConfig config;
  private final Path path;
  private final Timers timers;
  private final AgeClock ages;
  private final StoreCounters counters = new StoreCounters();
  private final SegmentLog log;
  private final AtomicLong backlog = new AtomicLong();
  private @Nullable FileThread writer;
  private Timers.@Nullable Cancellable expiry;
  private @Nullable Future<Void> started;
  private @Nullable Future<Void> stopped;
  private boolean open;
  private boolean failing;

  /**
   * @param storage the daemon's storage folder
   * @param timers of the control context
   */
  public LocalStore(StoreConfig config, StorageFolder storage, Timers timers) {
    this.config = config;
    StoreFolder folder = new StoreFolder(storage, config.component());
    this.path = folder.path();
    this.timers = timers;
    this.ages = new AgeClock(timers);
    this.log = new SegmentLog(config, folder, counters);
  }

  /**
   * Takes the folder and rebuilds the index. Fails when the folder cannot be made, or when the
   * store that had it before has not closed it yet. Once per object: every call answers the first
   * one's result.
   */
  public Future<Void> start() {
    timers.control().assertOn();
    Future<Void> known = started;
    if (known != null) {
      return known;
    }
    FileThread thread = new FileThread("store");
    writer = thread;
    long now = ages.now(config.retention().toMillis());
    Future<Void> starting =
        thread
            .run(() -> log.open(now))
            .onSuccess(
                ignored -> {
                  tell(log.findings());
                  open = stopped == null;
                  if (open) {
                    expireLater();
                  }
                });
    started = starting;
    return starting;
  }

  private LoggingEventBuilder event(LoggingEventBuilder builder) {
    return builder.addKeyValue("component", config.component()).addKeyValue("path", path);
  }

  private void tell(StoreFindings findings) {
    if (findings.any()) {
      event(LOG.atWarn())
          .addKeyValue("lost_profiles_about", findings.lost())
          .addKeyValue("remarks", String.join("; ", findings.remarks()))
          .log("the store is damaged");
    }
  }

  /** Other bounds of the same component, for a started store. */
  public Future<Void> reconfigure(StoreConfig next) {
    timers.control().assertOn();
    FileThread thread = writer;
    config = next;
    long now = ages.now(config.retention().toMillis());
    return thread == null || stopped != null
        ? Future.succeededFuture()
        : thread.run(() -> log.bounds(next, now));
  }

  /** Writes what is queued, then lets the folder go. Idempotent. */
  public Future<Void> stop() {
    timers.control().assertOn();
    FileThread thread = writer;
    Future<Void> known = stopped;
    if (thread == null || known != null) {
      return known == null ? Future.succeededFuture() : known;
    }
    open = false;
    if (expiry != null) {
      expiry.cancel();
    }
    Future<Void> stopping = thread.run(log::close).onComplete(ignored -> thread.close());
    stopped = stopping;
    return stopping;
  }

  @Override
  public boolean append(Profile profile) {
    timers.control().assertOn();
    byte[] body = profile.body();
    long cost = body.length + RECORD_OVERHEAD;
    FileThread thread = writer;
    if (!open || thread == null) {
      return refuse(Reason.CLOSED);
    }
    if (cost > config.maxSize() / 4) {
      return refuse(Reason.TOO_LARGE);
    }
    if (backlog.get() + cost > MAX_BACKLOG_BYTES && backlog.get() > 0) {
      return refuse(Reason.BACKLOG);
    }
    backlog.addAndGet(cost);
    Labels labels =
        profile.labels().filter(n -> n.equals(LabelNames.NAME) || !LabelNames.isPrivate(n));
    thread
        .run(() -> write(labels, profile, cost))
        .onFailure(bug -> event(LOG.atError()).setCause(bug).log("the writer of the store failed"));
    return true;
  }

  private boolean refuse(Reason reason) {
    counters.add(reason);
    return false;
  }

  private void write(Labels labels, Profile profile, long cost) {
    try {
      log.append(Segment.series(labels), profile.scrapedAtMillis(), profile.body());
      counters.written();
      if (failing) {
        failing = false;
        event(LOG.atInfo()).log("the store writes again");
      }
    } catch (java.io.UncheckedIOException tooLong) {
      counters.add(Reason.INVALID);
    } catch (IOException refused) {
      counters.add(Reason.DISK);
      if (!failing) {
        failing = true;
        event(LOG.atWarn())
            .addKeyValue("error", refused.toString())
            .log("the store cannot write, profiles are dropped");
      }
    } finally {
      backlog.addAndGet(-cost);
    }
  }

  private void expireLater() {
    expiry =
        timers.after(
            Math.min(EXPIRE_EVERY_MILLIS, Math.max(1_000, config.retention().toMillis() / 16)),
            () -> {
              FileThread thread = writer;
              if (!open || thread == null) {
                return;
              }
              long now = ages.now(config.retention().toMillis());
              thread
                  .run(() -> log.expire(now))
                  .onFailure(
                      kept ->
                          event(LOG.atWarn())
                              .addKeyValue("error", kept.toString())
                              .log("the store cannot delete old profiles"));
              expireLater();
            });
  }

  /**
   * Records of the series that pass, in [from, until), not past the retention, oldest first. Seen
   * after all appends that came before this call.
   */
  Future<List<StoredRecord>> select(Predicate<Series> series, long from, long until) {
    timers.control().assertOn();
    FileThread thread = writer;
    if (!open || thread == null) {
      return Future.succeededFuture(List.of());
    }
    long oldest =
        Math.max(from, ages.now(config.retention().toMillis()) - config.retention().toMillis());
    return thread.submit(
        () -> {
          List<StoredRecord> found = new ArrayList<>();
          log.forEach(
              record -> {
                long at = record.atMillis();
                if (at >= oldest && at < until && series.test(record.series())) {
                  found.add(record);
                }
              });
          return found;
        });
  }

  @Override
  public Future<List<Kept>> find(Predicate<Series> series, long from, long until) {
    return select(series, from, until)
        .map(all -> all.stream().<Kept>map(stored -> new OnDisk(stored, counters)).toList());
  }

  private record OnDisk(StoredRecord stored, StoreCounters counters) implements Kept {
    @Override
    public Series series() {
      return stored.series();
    }

    @Override
    public long atMillis() {
      return stored.atMillis();
    }

    @Override
    public int length() {
      return stored.length();
    }

    @Override
    public byte[] body() throws IOException {
      return Segment.read(stored);
    }

    @Override
    public void bad() {
      counters.add(Reason.BAD);
    }
  }

  /** Names of services with a profile not past the retention. */
  @Override
  public Future<Set<String>> services() {
    timers.control().assertOn();
    FileThread thread = writer;
    if (!open || thread == null) {
      return Future.succeededFuture(Set.of());
    }
    long oldest = ages.now(config.retention().toMillis()) - config.retention().toMillis();
    return thread.submit(
        () -> {
          Set<String> names = new HashSet<>();
          log.forEach(
              stored -> {
                if (stored.atMillis() >= oldest) {
                  names.add(stored.series().service());
                }
              });
          return names;
        });
  }

  public String component() {
    return config.component();
  }

  public StoreCounters counters() {
    return counters;
  }
}
