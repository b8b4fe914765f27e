package dev.stoker.scrape.baseline;

import dev.stoker.concurrent.FileThread;
import dev.stoker.concurrent.Timers;
import dev.stoker.files.StorageFolder;
import dev.stoker.pprof.delta.BaselineBudget;
import dev.stoker.pprof.delta.DeltaBaseline;
import dev.stoker.pprof.delta.SavedBaseline;
import io.vertx.core.Future;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Baselines of delta loops that do not run: left by a loop that ended, taken by the next one of the
 * same series, in this process or, after a clean stop, in the next. Knows also which series had a
 * baseline at all, so that one which is lost (kill -9, damage) is told from a new target: the first
 * is a gap, the second is not. Owned by the control context; the files are read and written by a
 * thread of their own.
 *
 * <p>Nothing is counted twice: a baseline is taken once, and the file of a clean stop is deleted
 * before anything of it is used.
 */
public final class Baselines {
  private static final Logger log = LoggerFactory.getLogger(Baselines.class);

  /** A target that is away for longer than this comes back as a new one. */
  static final long KEEP_MILLIS = 15 * 60_000;

  private static final long LOG_NANOS = 60_000_000_000L;

  /** When there is no room, one part of so many of the whole budget is freed at once. */
  private static final int FREED_PART = 16;

  /**
   * A baseline that waits for the next loop of its series.
   *
   * @param memory what it takes
   * @param atMillis when its loop ended, monotonic
   */
  public record Left(SavedBaseline saved, BaselineBudget.Lease memory, long atMillis) {}

  private final Timers timers;
  private final BaselineBudget budget;
  private final @Nullable BaselineStorage storage;
  private final WaitingBaselines left = new WaitingBaselines();
  private final KnownSeries series;
  private long pausedSinceLog;
  private long loggedNanos;
  private Timers.@Nullable Cancellable sweep;

  /**
   * @param folder the daemon's storage folder; null = nothing survives this process
   * @param budget of all baselines, those of running loops included
   */
  public Baselines(Timers timers, @Nullable StorageFolder folder, BaselineBudget budget) {
    this.timers = timers;
    this.budget = budget;
    this.loggedNanos = timers.nanoTime() - LOG_NANOS;
    if (folder == null) {
      this.storage = null;
      this.series = new KnownSeries(change -> {});
    } else {
      BaselineStorage opened =
          new BaselineStorage(new BaselineFiles(folder), new FileThread("baselines"));
      this.storage = opened;
      this.series = new KnownSeries(new KeyJournal(opened.files(), opened.thread())::record);
    }
  }

  /** Reads what the life before left, and deletes it; before any loop starts. Never fails. */
  public Future<Void> open() {
    timers.control().assertOn();
    BaselineStorage from = storage;
    if (from == null) {
      return Future.succeededFuture();
    }
    LoadingBaselines loading = new LoadingBaselines(budget);
    return from.thread()
        .submit(() -> from.files().load(loading::fits))
        .map(loaded -> loaded(loaded, loading))
        .otherwise(
            failure -> {
              loading.close();
              log.atWarn()
                  .addKeyValue("error", String.valueOf(failure))
                  .log(
                      "cannot read the delta baselines of the last run; cumulative profiles start"
                          + " anew");
              return null;
            })
        .mapEmpty();
  }

  private @Nullable Void loaded(BaselineFiles.Loaded loaded, LoadingBaselines loading) {
    timers.control().assertOn();
    long now = monotonicMillis();
    series.loaded(loaded.keys(), now);
    for (SavedBaseline saved : loaded.baselines()) {
      left.put(saved.series(), new Left(saved, loading.lease(saved), now));
      series.found(saved.series());
    }
    loading.close();
    if (loaded.tooMany() > 0) {
      log.atWarn()
          .addKeyValue("left_out", loaded.tooMany())
          .log("delta baselines of the last run take more memory than there is for them: gaps");
    }
    if (!loaded.problem().isEmpty()) {
      log.atWarn()
          .addKeyValue("read", loaded.baselines().size())
          .addKeyValue("problem", loaded.problem())
          .log("delta baselines of the last run are damaged");
    }
    if (!loaded.keys().isEmpty()) {
      log.atInfo()
          .addKeyValue("restored", left.size())
          .addKeyValue("lost", series.lostCount())
          .log("delta baselines of the last run");
    }
    sweepLater();
    return null;
  }

  /** The budget for everything that is kept from one scrape to the next. */
  public BaselineBudget budget() {
    return budget;
  }

  /**
   * A loop has no memory for its baseline. Those that nobody uses make room for its next body, the
   * oldest first.
   */
  public void paused() {
    timers.control().assertOn();
    long wanted = budget.capacity() - budget.capacity() / FREED_PART;
    for (String dropped : left.dropUntil(() -> budget.used() <= wanted)) {
      series.loses(dropped, monotonicMillis());
    }
    pausedSinceLog++;
    if (timers.nanoTime() - loggedNanos >= LOG_NANOS) {
      log.atWarn()
          .addKeyValue("scrapes", pausedSinceLog)
          .addKeyValue("limit_bytes", budget.capacity())
          .log(
              "there is no memory for the baselines of all targets: the cumulative sample types of"
                  + " some are not sent");
      loggedNanos = timers.nanoTime();
      pausedSinceLog = 0;
    }
  }

  /** Removes the series' baseline, which then belongs to the caller; null = there is none. */
  public @Nullable Left take(String of) {
    timers.control().assertOn();
    return left.take(of);
  }

  /** True if the series had a baseline once and has none now. */
  public boolean isLost(String of) {
    return series.isLost(of);
  }

  /** A loop of the series has a baseline of its own now. */
  public void moved(String of) {
    timers.control().assertOn();
    series.has(of);
  }

  /**
   * The loop of the series has ended.
   *
   * @param process see {@link SavedBaseline#process}
   * @param baseline null = it had none
   * @param memory what it takes
   */
  public void leave(
      String of, String process, @Nullable DeltaBaseline baseline, BaselineBudget.Lease memory) {
    timers.control().assertOn();
    long now = monotonicMillis();
    if (baseline == null) {
      memory.close();
      series.endsWithout(of, now);
    } else {
      left.put(of, new Left(new SavedBaseline(of, process, baseline), memory, now));
    }
    sweepLater();
  }

  /**
   * The loop of the series has ended on purpose, and the next one begins as one of a new target.
   */
  public void forget(String of, BaselineBudget.Lease memory) {
    timers.control().assertOn();
    memory.close();
    series.forget(of);
  }

  private void sweepLater() {
    if (sweep == null && !(left.isEmpty() && series.lostCount() == 0)) {
      sweep = timers.after(KEEP_MILLIS / 15, this::sweep);
    }
  }

  private void sweep() {
    sweep = null;
    long limit = monotonicMillis() - KEEP_MILLIS;
    series.forget(left.dropOlder(limit), limit);
    sweepLater();
  }

  /**
   * Writes what all ended loops left, without making it valid yet. After all loops have ended.
   * Never fails.
   */
  public Future<Void> save() {
    timers.control().assertOn();
    BaselineStorage to = storage;
    if (to == null) {
      return Future.succeededFuture();
    }
    if (sweep != null) {
      sweep.cancel();
    }
    List<SavedBaseline> all = left.saved();
    return to.thread().run(() -> to.files().write(all)).otherwise(Baselines::notSaved);
  }

  /**
   * Makes what {@link #save} wrote valid for the next start. When everything that was accepted is
   * delivered or safe: a baseline must not outlive the deltas before it. Never fails.
   */
  public Future<Void> commit() {
    timers.control().assertOn();
    BaselineStorage to = storage;
    if (to == null) {
      return Future.succeededFuture();
    }
    return to.thread()
        .run(() -> to.files().commit())
        .otherwise(Baselines::notSaved)
        .onComplete(ignored -> to.thread().close());
  }

  private static @Nullable Void notSaved(Throwable failure) {
    log.atWarn()
        .addKeyValue("error", String.valueOf(failure))
        .log("cannot keep delta baselines for the next start; each series will have a gap");
    return null;
  }

  /** A wall clock that is set forward must not make a baseline old. */
  private long monotonicMillis() {
    return timers.nanoTime() / 1_000_000;
  }
}
