package dev.stoker.scrape.baseline;

import dev.stoker.concurrent.FileThread;
import dev.stoker.concurrent.Timers;
import dev.stoker.files.StorageFolder;
import dev.stoker.pprof.delta.BaselineBudget;
import dev.stoker.pprof.delta.DeltaBaseline;
import dev.stoker.pprof.delta.SavedBaseline;
import dev.stoker.scrape.baseline.BaselineFiles.KeyChange;
import dev.stoker.scrape.target.StableHash;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Baselines of delta loops that do not run: left by a loop that ended, taken by the next one of the
 * same series, in this process or, after a clean stop, in the next. Knows also which series had a
 * baseline at all, so that one which is lost (kill -9, damage) is told from a new target: the first
 * is a gap, the second is not. Files are written by a thread of its own.
 *
 * <p>Nothing is counted twice: a baseline is taken once, and the file of a clean stop is deleted
 * before anything of it is used.
 */
public final class Baselines {
  private static final Logger log = LoggerFactory.getLogger(Baselines.class);

  /** A target that is away for longer than this comes back as a new one. */
  static final long KEEP_MILLIS = 15 * 60_000;

  private static final long LOG_NANOS = 60_000_000_000L;

  /** What is freed at once when there is no room, as a part of all. */
  private static final int FREED_PART = 16;

  /**
   * A baseline that waits for the next loop of its series.
   *
   * @param memory what it takes
   */
  public record Left(SavedBaseline saved, BaselineBudget.Lease memory, long atMillis) {}

  private final Timers timers;
  private final @Nullable BaselineFiles files;
  private final @Nullable FileThread writer;
  private final Map<String, Left> left = new LinkedHashMap<>();
  private final Map<Long, Long> lost = new HashMap<>();
  private final Set<Long> recorded = new HashSet<>();
  private List<KeyChange> unwritten = new ArrayList<>();
  private boolean writing;
  private boolean failing;
  private final BaselineBudget budget;

  /** Of what is being read; touched by the reading thread, then by the control context. */
  private final BaselineBudget.Lease toLoad;

  private long loading;
  private long pausedSinceLog;
  private long loggedNanos;
  private Timers.@Nullable Cancellable sweep;

  /**
   * @param storage the daemon's storage folder; null = nothing survives this process
   * @param budget of all baselines, those of running loops included
   */
  public Baselines(Timers timers, @Nullable StorageFolder storage, BaselineBudget budget) {
    this.timers = timers;
    this.budget = budget;
    this.toLoad = budget.lease();
    this.loggedNanos = timers.nanoTime() - LOG_NANOS;
    this.files = storage == null ? null : new BaselineFiles(storage);
    this.writer = storage == null ? null : new FileThread("baselines");
  }

  /** Reads what the life before left, and deletes it; before any loop starts. Never fails. */
  public Future<Void> open() {
    timers.control().assertOn();
    BaselineFiles from = files;
    if (from == null || writer == null) {
      return Future.succeededFuture();
    }
    return writer
        .submit(() -> from.load(this::fits))
        .map(this::loaded)
        .otherwise(
            failure -> {
              log.warn(
                  "cannot read the delta baselines of the last run: {}; cumulative profiles start"
                      + " anew",
                  String.valueOf(failure));
              return null;
            })
        .mapEmpty();
  }

  private @Nullable Void loaded(BaselineFiles.Loaded loaded) {
    timers.control().assertOn();
    long now = monotonicMillis();
    recorded.addAll(loaded.keys());
    loaded.keys().forEach(key -> lost.put(key, now));
    for (SavedBaseline saved : loaded.baselines()) {
      left.put(saved.series(), new Left(saved, lease(saved), now));
      lost.remove(key(saved.series()));
    }
    toLoad.close();
    if (loaded.tooMany() > 0) {
      log.atWarn()
          .addKeyValue("left_out", loaded.tooMany())
          .log("delta baselines of the last run take more memory than there is for them: gaps");
    }
    if (!loaded.problem().isEmpty()) {
      log.atWarn()
          .addKeyValue("read", loaded.baselines().size())
          .log("delta baselines of the last run are damaged: {}", loaded.problem());
    }
    if (!loaded.keys().isEmpty()) {
      log.atInfo()
          .addKeyValue("restored", left.size())
          .addKeyValue("lost", lost.size())
          .log("delta baselines of the last run");
    }
    sweepLater();
    return null;
  }

  /** On the thread that reads them: all that is read has to fit. */
  private boolean fits(SavedBaseline saved) {
    loading += saved.baseline().bytes();
    boolean fits = toLoad.resize(loading);
    loading -= fits ? 0 : saved.baseline().bytes();
    return fits;
  }

  private BaselineBudget.Lease lease(SavedBaseline saved) {
    loading -= saved.baseline().bytes();
    toLoad.resize(loading);
    BaselineBudget.Lease own = budget.lease();
    own.resize(saved.baseline().bytes());
    return own;
  }

  /** What is kept from one scrape to the next counts there. */
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
    Iterator<Left> oldest = left.values().iterator();
    while (budget.used() > wanted && oldest.hasNext()) {
      Left gone = oldest.next();
      oldest.remove();
      gone.memory().close();
      lost.put(key(gone.saved().series()), monotonicMillis());
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

  /** The series' baseline, for the caller alone; null = there is none. */
  public @Nullable Left take(String series) {
    timers.control().assertOn();
    return left.remove(series);
  }

  /** It had a baseline once, and has none now. */
  public boolean isLost(String series) {
    return lost.containsKey(key(series));
  }

  /** A loop of the series has a baseline of its own now. */
  public void moved(String series) {
    timers.control().assertOn();
    long key = key(series);
    lost.remove(key);
    if (recorded.add(key)) {
      record(new KeyChange(key, true));
    }
  }

  /**
   * The loop of the series has ended.
   *
   * @param process see {@link SavedBaseline#process}
   * @param baseline null = it had none
   * @param memory what it takes
   */
  public void leave(
      String series,
      String process,
      @Nullable DeltaBaseline baseline,
      BaselineBudget.Lease memory) {
    timers.control().assertOn();
    long now = monotonicMillis();
    if (baseline == null) {
      memory.close();
    }
    if (baseline != null) {
      Left before =
          left.put(series, new Left(new SavedBaseline(series, process, baseline), memory, now));
      if (before != null) {
        // Two loops of one URL and type, which differ in their timings.
        before.memory().close();
      }
    } else if (recorded.contains(key(series))) {
      lost.putIfAbsent(key(series), now);
    }
    sweepLater();
  }

  private void sweepLater() {
    if (sweep == null && !(left.isEmpty() && lost.isEmpty())) {
      sweep = timers.after(KEEP_MILLIS / 15, this::sweep);
    }
  }

  private void sweep() {
    sweep = null;
    long limit = monotonicMillis() - KEEP_MILLIS;
    List<Long> gone = new ArrayList<>();
    left.values()
        .removeIf(
            one -> {
              boolean old = one.atMillis() < limit && gone.add(key(one.saved().series()));
              if (old) {
                one.memory().close();
              }
              return old;
            });
    lost.entrySet().removeIf(one -> one.getValue() < limit && gone.add(one.getKey()));
    for (Long key : gone) {
      recorded.remove(key);
      record(new KeyChange(key, false));
    }
    sweepLater();
  }

  private void record(KeyChange change) {
    if (files != null) {
      unwritten.add(change);
      write();
    }
  }

  /** One batch at a time: what comes meanwhile is the next. */
  private void write() {
    BaselineFiles to = files;
    if (writing || unwritten.isEmpty() || to == null || writer == null) {
      return;
    }
    writing = true;
    List<KeyChange> batch = unwritten;
    unwritten = new ArrayList<>();
    onWriter(() -> to.append(batch))
        .onComplete(
            done -> {
              writing = false;
              report(done.cause());
              write();
            });
  }

  private void report(@Nullable Throwable failure) {
    if (failure != null && !failing) {
      log.warn(
          "cannot note which series have a baseline: {}; after a crash their gaps would not be"
              + " counted",
          String.valueOf(failure));
    }
    failing = failure != null;
  }

  /**
   * Writes what all ended loops left, without making it valid yet. After all loops have ended.
   * Never fails.
   */
  public Future<Void> save() {
    timers.control().assertOn();
    BaselineFiles to = files;
    if (to == null) {
      return Future.succeededFuture();
    }
    if (sweep != null) {
      sweep.cancel();
    }
    List<SavedBaseline> all = left.values().stream().map(Left::saved).toList();
    return onWriter(() -> to.write(all)).otherwise(Baselines::notSaved);
  }

  /**
   * Makes what {@link #save} wrote valid for the next start. When everything that was accepted is
   * delivered or safe: a baseline must not outlive the deltas before it. Never fails.
   */
  public Future<Void> commit() {
    timers.control().assertOn();
    BaselineFiles to = files;
    FileThread thread = writer;
    if (to == null || thread == null) {
      return Future.succeededFuture();
    }
    return onWriter(to::commit)
        .otherwise(Baselines::notSaved)
        .onComplete(ignored -> thread.close());
  }

  private static @Nullable Void notSaved(Throwable failure) {
    log.warn(
        "cannot keep delta baselines for the next start: {}; each series will have a gap",
        String.valueOf(failure));
    return null;
  }

  private Future<Void> onWriter(FileThread.Step step) {
    return Objects.requireNonNull(writer).run(step);
  }

  /** A wall clock that is set forward must not make a baseline old. */
  private long monotonicMillis() {
    return timers.nanoTime() / 1_000_000;
  }

  /** Stable across processes. */
  static long key(String series) {
    return StableHash.of(series);
  }
}
