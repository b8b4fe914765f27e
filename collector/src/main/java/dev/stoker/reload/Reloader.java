package dev.stoker.reload;

import dev.stoker.concurrent.Timers;
import dev.stoker.config.LoadResult;
import dev.stoker.config.LoadedConfig;
import dev.stoker.config.source.Sources;
import dev.stoker.schema.Problem;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves a running graph from config to config, one reload at a time: requests that come while one
 * runs share the next one, because the files may have changed since they were read. Files are read
 * off the event loop. The gauges may be read from any thread.
 */
public final class Reloader {
  private static final Logger log = LoggerFactory.getLogger(Reloader.class);
  private static final int LOGGED_PROBLEMS = 20;
  private static final ReloadResult.Refused STOPPING =
      refused("Stoker is stopping; ask the next one");

  /** What runs. */
  public interface Graph {
    /**
     * One transaction: afterwards the new config runs as a whole, or the old one does, untouched.
     *
     * @return {@link ReloadResult}; the future itself fails for bugs only
     */
    Future<ReloadResult> change(LoadedConfig next);
  }

  private final Supplier<LoadResult> loader;
  private final Graph graph;
  private final Vertx vertx;
  private final Timers timers;
  private LastReload last;
  private Sources sources;
  private long succeededMillis;
  private long reloads;
  private long refusals;
  private boolean unsettled;
  private @Nullable Promise<ReloadResult> running;
  private @Nullable Promise<ReloadResult> waiting;
  private boolean stopped;

  /**
   * @param loader blocking; reads the config again
   */
  public Reloader(Supplier<LoadResult> loader, Graph graph, Vertx vertx, Timers timers) {
    this.loader = loader;
    this.graph = graph;
    this.vertx = vertx;
    this.timers = timers;
    this.sources = Sources.NONE;
    this.last = new LastReload(now(), "start", new ReloadResult.Reloaded(Change.NONE, List.of()));
    this.succeededMillis = timers.wallMillis();
  }

  /** The first load has succeeded. */
  public void started(LoadResult.Loaded first) {
    timers.control().assertOn();
    sources = first.sources();
    succeededMillis = timers.wallMillis();
    last = new LastReload(now(), "start", new ReloadResult.Reloaded(Change.NONE, first.warnings()));
  }

  /** The metrics of the contract. */
  public void register(MeterRegistry registry) {
    Gauge.builder("stoker.config.last.reload.successful", () -> last.successful() ? 1 : 0)
        .description("1 = the config on disk runs; 0 = it was refused and an older one runs")
        .register(registry);
    Gauge.builder("stoker.config.last.reload.success.timestamp", () -> succeededMillis / 1_000.0)
        .description("Unix time at which the running config was loaded")
        .baseUnit("seconds")
        .register(registry);
    for (boolean fine : new boolean[] {true, false}) {
      FunctionCounter.builder("stoker.config.reloads", this, r -> fine ? r.reloads : r.refusals)
          .description("Reloads since the start, by what became of them")
          .tag("outcome", fine ? "reloaded" : "refused")
          .register(registry);
    }
  }

  /**
   * @param trigger for the log and the API: request, signal or file
   */
  public Future<ReloadResult> reload(String trigger) {
    timers.control().assertOn();
    if (stopped) {
      return Future.succeededFuture(STOPPING);
    }
    if (running == null) {
      return run(trigger);
    }
    Promise<ReloadResult> next = waiting;
    if (next == null) {
      next = Promise.promise();
      waiting = next;
      Promise<ReloadResult> shared = next;
      running
          .future()
          .onComplete(
              ignored -> {
                waiting = null;
                reload(trigger).onComplete(shared);
              });
    }
    return next.future();
  }

  private Future<ReloadResult> run(String trigger) {
    Promise<ReloadResult> promise = Promise.promise();
    running = promise;
    vertx
        .executeBlocking(loader::get, false)
        .compose(this::loaded)
        .recover(
            bug -> {
              log.error("bug: a reload has failed", bug);
              return Future.succeededFuture(refused("internal error, see the log: " + bug));
            })
        .onSuccess(
            result -> {
              running = null;
              try {
                ended(trigger, result);
              } finally {
                promise.complete(result);
              }
            });
    return promise.future();
  }

  private Future<ReloadResult> loaded(LoadResult result) {
    timers.control().assertOn();
    sources = result.sources();
    unsettled = false;
    if (result instanceof LoadResult.Failed failed) {
      return Future.succeededFuture(new ReloadResult.Refused(failed.problems()));
    }
    LoadResult.Loaded loaded = (LoadResult.Loaded) result;
    return graph
        .change(loaded.config())
        .map(
            changed -> {
              unsettled = changed instanceof ReloadResult.Refused;
              if (!unsettled) {
                loaded.notes().forEach(note -> log.info("{}", note));
              }
              return changed instanceof ReloadResult.Reloaded reloaded
                  ? new ReloadResult.Reloaded(reloaded.change(), loaded.warnings())
                  : changed;
            });
  }

  private void ended(String trigger, ReloadResult result) {
    LastReload before = last;
    last = new LastReload(now(), trigger, result);
    if (result instanceof ReloadResult.Refused refused) {
      refusals++;
      if (!refused.equals(before.result())) {
        log.atError()
            .addKeyValue("trigger", trigger)
            .addKeyValue("problems", refused.problems().size())
            .log("reload refused, the config before runs on");
        refused.problems().stream().limit(LOGGED_PROBLEMS).forEach(p -> log.error("{}", p));
      }
      return;
    }
    reloads++;
    succeededMillis = timers.wallMillis();
    ReloadResult.Reloaded reloaded = (ReloadResult.Reloaded) result;
    Change change = reloaded.change();
    log.atInfo()
        .addKeyValue("trigger", trigger)
        .addKeyValue("added", change.added())
        .addKeyValue("changed", change.changed())
        .addKeyValue("removed", change.removed())
        .addKeyValue("loops_kept", change.loops().kept())
        .addKeyValue("loops_restarted", change.loops().restarted())
        .log("reloaded");
    reloaded.warnings().forEach(warning -> log.warn("{}", warning));
    change.notes().forEach(note -> log.warn("{}", note));
  }

  public LastReload last() {
    return last;
  }

  /** What the last load has read, whether it succeeded or not. */
  Sources sources() {
    return sources;
  }

  /** No reload is at work. */
  boolean idle() {
    return running == null;
  }

  /** The files were fine, but something that they name was not: it may be mended without them. */
  boolean unsettled() {
    return unsettled;
  }

  /** Starts no further reload; completes when the running one has ended. Idempotent. */
  public Future<Void> stop() {
    timers.control().assertOn();
    stopped = true;
    Promise<ReloadResult> current = running;
    return current == null ? Future.succeededFuture() : current.future().mapEmpty();
  }

  private Instant now() {
    return Instant.ofEpochMilli(timers.wallMillis());
  }

  private static ReloadResult.Refused refused(String message) {
    return new ReloadResult.Refused(List.of(new Problem("", 0, "", message)));
  }
}
