package dev.stoker.store;

import dev.stoker.concurrent.CpuPool;
import dev.stoker.concurrent.Timers;
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
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the last profiles on this machine, bytes as they came, under <code>
 * storage/store/component/</code>. {@link #append} only queues: one writer thread owns files and
 * index. A restart finds what was written; what the folder holds beside our segments is left alone.
 */
public final class LocalStore implements Appender {
  private static final Logger LOG = LoggerFactory.getLogger(LocalStore.class);
  private static final long MAX_BACKLOG_BYTES = 32L << 20;
  private static final long RECORD_OVERHEAD = 1024;
  private static final long EXPIRE_EVERY_MILLIS = 30_000;

  private final StoreConfig config;
  private final Path path;
  private final Timers timers;
  private final StoreCounters counters = new StoreCounters();
  private final SegmentLog log;
  private final AtomicLong backlog = new AtomicLong();
  private @Nullable CpuPool writer;
  private Timers.@Nullable Cancellable expiry;
  private boolean open;
  private boolean failing;

  /**
   * @param storage the daemon's storage folder
   * @param timers of the control context
   */
  public LocalStore(StoreConfig config, Path storage, Timers timers) {
    this.config = config;
    this.path = storage.resolve("store").resolve(config.component());
    this.timers = timers;
    this.log = new SegmentLog(config, path, counters);
  }

  /**
   * Locks the folder and rebuilds the index. Control context. Fails when the folder cannot be made
   * or another daemon holds it. Once per object: a stopped store is not started again.
   */
  public Future<Void> start() {
    if (writer != null) {
      return Future.succeededFuture();
    }
    CpuPool thread = new CpuPool(1);
    writer = thread;
    long now = timers.wallMillis();
    return thread
        .<@Nullable Void>submit(
            () -> {
              log.open(now);
              return null;
            })
        .onSuccess(
            ignored -> {
              open = true;
              expireLater();
            })
        .mapEmpty();
  }

  /** Writes what is queued, then lets the folder go. Control context; idempotent. */
  public Future<Void> stop() {
    CpuPool thread = writer;
    boolean wasOpen = open;
    open = false;
    if (expiry != null) {
      expiry.cancel();
    }
    if (thread == null || !wasOpen) {
      return Future.succeededFuture();
    }
    return thread
        .<@Nullable Void>submit(
            () -> {
              log.close();
              return null;
            })
        .onComplete(ignored -> thread.close())
        .mapEmpty();
  }

  @Override
  public boolean append(Profile profile) {
    byte[] body = profile.body();
    long cost = body.length + RECORD_OVERHEAD;
    CpuPool thread = writer;
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
    Future<Void> unused =
        thread
            .<@Nullable Void>submit(
                () -> {
                  write(labels, profile);
                  backlog.addAndGet(-cost);
                  return null;
                })
            .mapEmpty();
    return true;
  }

  private boolean refuse(Reason reason) {
    counters.add(reason);
    return false;
  }

  private void write(Labels labels, Profile profile) {
    try {
      log.append(Segment.series(labels), profile.scrapedAtMillis(), profile.body());
      counters.written();
      if (failing) {
        failing = false;
        LOG.info("store writes again component={} path={}", config.component(), path);
      }
    } catch (java.io.UncheckedIOException tooLong) {
      counters.add(Reason.INVALID);
    } catch (IOException refused) {
      counters.add(Reason.DISK);
      if (!failing) {
        failing = true;
        LOG.warn(
            "store cannot write, profiles are dropped component={} path={} error=\"{}\"",
            config.component(),
            path,
            refused.toString());
      }
    }
  }

  private void expireLater() {
    expiry =
        timers.after(
            Math.min(EXPIRE_EVERY_MILLIS, Math.max(1_000, config.retention().toMillis() / 16)),
            () -> {
              CpuPool thread = writer;
              if (!open || thread == null) {
                return;
              }
              long now = timers.wallMillis();
              Future<Void> unused =
                  thread
                      .<@Nullable Void>submit(
                          () -> {
                            log.expire(now);
                            return null;
                          })
                      .mapEmpty();
              expireLater();
            });
  }

  /**
   * Records of the series that pass, in [from, until), not past the retention, oldest first. Seen
   * after all appends that came before this call.
   */
  Future<List<StoredRecord>> select(Predicate<Series> series, long from, long until) {
    CpuPool thread = writer;
    if (!open || thread == null) {
      return Future.succeededFuture(List.of());
    }
    long oldest = Math.max(from, timers.wallMillis() - config.retention().toMillis());
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

  public String component() {
    return config.component();
  }

  public StoreCounters counters() {
    return counters;
  }
}
