package dev.stoker.scrape.loop;

import dev.stoker.concurrent.Timers;
import dev.stoker.labels.LabelNames;
import dev.stoker.labels.Labels;
import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.profile.Appender;
import dev.stoker.profile.ComponentBooks;
import dev.stoker.profile.Profile;
import dev.stoker.profile.Verdicts;
import dev.stoker.scrape.fetch.Outcome;
import dev.stoker.scrape.fetch.ScrapeResult;
import dev.stoker.scrape.fetch.Scraper;
import dev.stoker.scrape.loop.TargetStatus.Health;
import dev.stoker.scrape.target.OwnSettings;
import dev.stoker.scrape.target.Target;
import dev.stoker.scrape.transform.NamedBody;
import dev.stoker.scrape.transform.ProfileTransform;
import dev.stoker.scrape.transform.TargetDetail;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Scrapes one target: ticks at its phase, never two scrapes at once, a tick that comes while one
 * runs is skipped and counted. Owns the target's status and its delta state.
 */
final class ScrapeLoop {
  private static final Logger log = LoggerFactory.getLogger(ScrapeLoop.class);

  /** A target that does not answer must not use up the grace period. */
  static final long LAST_MILLIS = 5_000;

  /** What all loops of a component share. */
  record Shared(
      Timers timers,
      Scraper scraper,
      ProfilerGate gate,
      Appender appender,
      ScrapeMetrics metrics,
      Verdicts verdicts,
      TargetLog targetLog) {}

  private final Shared shared;
  private final ScrapeSchedule schedule;
  private final ProfileTransform transform;
  private final NotFoundBackoff notFound;
  private final ServerVerdict verdict;
  private Target target;
  private TargetStatus status = TargetStatus.UNKNOWN;
  private long nextTick;

  /**
   * When its timer is due by the monotonic clock: what tells a late tick from a wall-clock step.
   */
  private long dueNanos;

  private Timers.@Nullable Cancellable timer;
  private @Nullable Run running;
  private @Nullable Promise<Void> stopped;
  private @Nullable ByteBudget lastScrapes;
  private boolean waitsForSlot;
  private boolean leaving;

  ScrapeLoop(Target target, Shared shared, ProfileTransform transform, long seed) {
    this.target = target;
    this.shared = shared;
    this.transform = transform;
    this.schedule = ScrapeSchedule.of(target.key(), target.plan().intervalMillis(), seed);
    this.notFound = new NotFoundBackoff(target.plan().intervalMillis());
    this.verdict =
        new ServerVerdict(shared.verdicts(), shared.targetLog(), target, transform::refused);
  }

  void start() {
    shared.metrics.begin(target.type());
    arm(schedule.firstTick(shared.timers.wallMillis()));
  }

  /** Same key, other labels: they hold from the next profile on. */
  void update(Target sameKey) {
    target = sameKey;
    verdict.update(sameKey);
  }

  Target target() {
    return target;
  }

  /** What runs in the target for this loop; "" = nothing. */
  String source() {
    String running = shared.scraper().detail(target);
    String narrowed = OwnSettings.narrowed(target);
    return running.isEmpty() || narrowed.isEmpty() ? running + narrowed : running + "; " + narrowed;
  }

  TargetDetail detail() {
    return transform.detail().and(verdict.detail());
  }

  TargetStatus status() {
    return verdict.over(status);
  }

  /** Null once stopped. */
  @Nullable Instant nextScrape() {
    return stopped == null ? Instant.ofEpochMilli(nextTick) : null;
  }

  /**
   * No further tick; completes when a running scrape has ended. Idempotent.
   *
   * @param now true = the running scrape is cut instead of waited for
   */
  Future<Void> stop(boolean now) {
    Promise<Void> promise = stopped == null ? halt() : stopped;
    if (now) {
      lastScrapes = null;
      waitsForSlot = false;
      if (running != null) {
        running.cut();
      }
    }
    endWhenIdle();
    return promise.future();
  }

  /**
   * No further tick, but one last scrape after a running one: what the target counted since the
   * previous one is delivered before Stoker goes. Only of a target that is up and whose profiles
   * are subtracted; all others just stop. The whole takes {@link #LAST_MILLIS} at most.
   *
   * @param slots one for each last scrape that may run at once
   */
  Future<Void> stopAfterLastScrape(ByteBudget slots) {
    if (stopped != null || target.delta() != Target.DeltaMode.SUBTRACT) {
      return stop(false);
    }
    Promise<Void> promise = halt();
    lastScrapes = slots;
    Timers.Cancellable late = shared.timers.after(LAST_MILLIS, () -> stop(true));
    promise.future().onComplete(ignored -> late.cancel());
    endWhenIdle();
    return promise.future();
  }

  private Promise<Void> halt() {
    Promise<Void> promise = Promise.promise();
    stopped = promise;
    if (timer != null) {
      timer.cancel();
    }
    return promise;
  }

  private void endWhenIdle() {
    Promise<Void> promise = stopped;
    if (promise == null || running != null || waitsForSlot || leaving) {
      return;
    }
    ByteBudget slots = lastScrapes;
    if (slots != null && status.health() == Health.UP) {
      lastScrapes = null;
      waitsForSlot = true;
      slots.take(1, () -> lastScrape(slots, promise));
    } else {
      leaving = true;
      leave().onComplete(ignored -> promise.complete());
    }
  }

  /** Whoever waits for the end must not wait for ever because of a bug. */
  private Future<Void> leave() {
    try {
      verdict.close();
      transform.close();
      return shared.scraper().leave(target);
    } catch (Throwable bug) {
      bug("ending the loop of " + target.url(), bug);
      return Future.succeededFuture();
    }
  }

  private void bug(String doing, Throwable thrown) {
    shared.metrics.books().bug(doing, thrown, shared.timers.nanoTime());
  }

  private void lastScrape(ByteBudget slots, Promise<Void> promise) {
    promise.future().onComplete(ignored -> slots.give(1));
    if (waitsForSlot) {
      waitsForSlot = false;
      running = new Run();
      running.begin();
    }
  }

  private void arm(long tick) {
    nextTick = tick;
    long wait = tick - shared.timers.wallMillis();
    dueNanos = shared.timers.nanoTime() + wait * 1_000_000;
    timer = shared.timers.after(wait, this::tick);
  }

  private void tick() {
    long now = shared.timers.wallMillis();
    if (now < nextTick) {
      // Timers count monotonic time; the wall clock may have been set back by a lot meanwhile.
      arm(schedule.firstTick(now));
      return;
    }
    // By the monotonic clock: a wall clock that is set forward by an hour has skipped no tick.
    long late = (shared.timers.nanoTime() - dueNanos) / 1_000_000;
    arm(schedule.nextTick(nextTick, now));
    missed(late / schedule.intervalMillis());
    if (running != null) {
      running.nextTick();
    }
    Run stuck = running;
    if (stuck != null) {
      missed(1);
      stuck.endIfStuck();
    } else if (!notFound.skip()) {
      running = new Run();
      running.begin();
    }
  }

  private void missed(long ticks) {
    if (ticks > 0) {
      status = status.skipped(ticks);
      shared.metrics.skipped(target.type(), ticks);
    }
  }

  private void finish(TargetStatus ended) {
    Health before = status.health();
    status = ended;
    running = null;
    log.atDebug()
        .addKeyValue("url", target.url())
        .addKeyValue("profile_type", target.type().key())
        .addKeyValue("health", ended.health().label())
        .addKeyValue("bytes", ended.lastBytes())
        .addKeyValue("duration_ms", ended.lastDurationMillis())
        .log("a scrape has ended");
    logTransition(before, ended);
    endWhenIdle();
  }

  private void logTransition(Health before, TargetStatus after) {
    if (after.health() == Health.DOWN && before != Health.DOWN) {
      shared.targetLog().down(target, after.lastError());
    } else if (after.health() == Health.UP && before == Health.DOWN) {
      shared.targetLog().up(target);
    }
  }

  /** One scrape, from the tick until its profile is handed on. */
  private final class Run {
    private final long startNanos = shared.timers.nanoTime();
    private final long startMillis = shared.timers.wallMillis();
    private ProfilerGate.@Nullable Permit permit;
    private Scraper.@Nullable InFlight fetch;
    private long bytes;
    private long origin;
    private @Nullable Throwable thrownAway;
    private long fetchNanos;
    private boolean worksOnBody;
    private boolean ended;

    void begin() {
      if (target.usesCpuProfiler()) {
        permit = shared.gate.enter(target.process(), () -> guarded(this::fetch));
        if (ended) {
          // The fetch has failed in place, before there was a permit that its end could give back.
          leaveGate();
        }
      } else {
        guarded(this::fetch);
      }
    }

    /** Whatever is thrown ends this run and no more: the loop goes on with its next tick. */
    private void guarded(Runnable step) {
      try {
        step.run();
      } catch (Throwable thrown) {
        bug("scraping " + target.url(), thrown);
        lookCloser();
        end(Outcome.INTERNAL, internal(thrown));
      }
    }

    private void lookCloser() {
      try {
        transform.failed();
      } catch (Throwable thrown) {
        bug("preparing the next scrape of " + target.url(), thrown);
      }
    }

    private static String internal(Throwable thrown) {
      return "internal error, see the log: " + thrown;
    }

    /** A scrape that waits for memory has waited long enough, and this tick is not missed. */
    void nextTick() {
      if (fetch != null) {
        fetch.nextTick();
      }
    }

    void cut() {
      if (fetch != null) {
        fetch.cancel();
      } else {
        end(Outcome.CANCELLED, "stopped while waiting for another CPU profile of the process");
      }
    }

    /**
     * A fetch ends by its own deadline. One that has not is a bug of its scraper, and must not keep
     * the target from being scraped for ever. A body that is worked on is left alone: it is in use.
     */
    void endIfStuck() {
      Scraper.InFlight started = fetch;
      if (started == null || worksOnBody) {
        return;
      }
      long millis = (shared.timers.nanoTime() - fetchNanos) / 1_000_000;
      if (millis > 4 * schedule.intervalMillis() + target.plan().deadlineMillis()) {
        guarded(started::cancel);
        bug(
            "fetching " + target.url(),
            new IllegalStateException("no end after " + millis + " ms"));
        end(Outcome.INTERNAL, "internal error: the fetch has not ended by its deadline");
      }
    }

    private void fetch() {
      fetchNanos = shared.timers.nanoTime();
      Scraper.InFlight started = shared.scraper.scrape(target);
      fetch = started;
      started.result().onSuccess(result -> guarded(() -> fetched(started, result)));
    }

    private void fetched(Scraper.InFlight started, ScrapeResult result) {
      shared.timers().control().assertOn();
      if (ended) {
        started.release();
        return;
      }
      worksOnBody = true;
      leaveGate();
      if (result instanceof ScrapeResult.Failed failed) {
        transform.failed();
        end(failed.outcome(), failed.message());
        return;
      }
      byte[] body = ((ScrapeResult.Fetched) result).body();
      bytes = body.length;
      shared.metrics.body(target.type(), bytes);
      shared.metrics.books().came(1);
      long scrapedAt = shared.timers.wallMillis();
      transformed(body, scrapedAt)
          .onComplete(
              done -> {
                release(started);
                if (done.succeeded()) {
                  guarded(() -> handOn(done.result(), scrapedAt));
                } else {
                  guarded(() -> refuse(done.cause()));
                }
              });
    }

    /** What it frees may start somebody else's scrape, whose bug must not cost this profile. */
    private void release(Scraper.InFlight started) {
      try {
        started.release();
      } catch (Throwable thrown) {
        bug("giving back the memory of a body of " + target.url(), thrown);
      }
    }

    private Future<ProfileTransform.Transformed> transformed(byte[] body, long scrapedAt) {
      try {
        return transform.apply(target, body, scrapedAt);
      } catch (Throwable thrown) {
        return Future.failedFuture(thrown);
      }
    }

    private void handOn(ProfileTransform.Transformed transformed, long scrapedAt) {
      shared.timers().control().assertOn();
      if (transformed.reset()) {
        shared.metrics.reset();
      }
      List<NamedBody> parts = transformed.parts();
      origin = parts.isEmpty() ? Verdicts.NOBODY : verdict.nextScrape();
      boolean accepted = parts.isEmpty();
      if (accepted) {
        shared.metrics.books().left(ComponentBooks.Outcome.EMPTY);
      } else {
        // The body has been counted as one; the other profiles that it held are known only now.
        shared.metrics.books().came(parts.size() - 1);
      }
      for (NamedBody part : parts) {
        ComponentBooks.Outcome left = append(part, scrapedAt);
        shared.metrics.books().left(left);
        accepted |= left == ComponentBooks.Outcome.OFFERED;
      }
      shared.metrics.mended(transform.mends());
      transform.settle(accepted);
      if (!transform.detail().paused().isEmpty()) {
        shared.metrics.paused();
      }
      if (accepted && transformed.gap()) {
        shared.metrics.gap();
      }
      if (thrownAway == null) {
        end(Outcome.OK, null);
      } else {
        end(Outcome.INTERNAL, internal(thrownAway));
      }
    }

    private ComponentBooks.Outcome append(NamedBody part, long scrapedAt) {
      try {
        boolean taken =
            shared.appender.append(new Profile(labels(part), part.body(), scrapedAt, origin));
        return taken ? ComponentBooks.Outcome.OFFERED : ComponentBooks.Outcome.REFUSED;
      } catch (Throwable thrown) {
        bug("handing on a profile of " + target.url(), thrown);
        thrownAway = thrown;
        return ComponentBooks.Outcome.FAILED;
      }
    }

    private Labels labels(NamedBody part) {
      String name = part.name();
      return name == null
          ? target.labels()
          : target.labels().toBuilder().set(LabelNames.NAME, name).build();
    }

    private void refuse(Throwable cause) {
      transform.failed();
      if (cause instanceof MalformedProfileException malformed) {
        shared.metrics.books().left(ComponentBooks.Outcome.REFUSED);
        end(Outcome.MALFORMED, malformed.getMessage());
      } else {
        shared.metrics.books().left(ComponentBooks.Outcome.FAILED);
        bug("reading a profile of " + target.url(), cause);
        end(Outcome.INTERNAL, internal(cause));
      }
    }

    private void leaveGate() {
      if (permit != null) {
        permit.leave();
      }
    }

    private void end(Outcome outcome, @Nullable String error) {
      if (ended) {
        return;
      }
      ended = true;
      leaveGate();
      notFound.record(outcome);
      long nanos = shared.timers.nanoTime() - startNanos;
      shared.metrics.scraped(target.type(), outcome, nanos);
      boolean failed = outcome != Outcome.OK && outcome != Outcome.BUSY;
      finish(
          new TargetStatus(
              health(outcome, status.health()),
              Instant.ofEpochMilli(startMillis),
              nanos / 1_000_000,
              bytes == 0 ? status.lastBytes() : bytes,
              error,
              status.counts().scraped(failed)));
    }

    private static Health health(Outcome outcome, Health before) {
      if (outcome == Outcome.OK) {
        return Health.UP;
      }
      if (outcome == Outcome.MEMORY) {
        return before; // it says nothing about the target
      }
      return outcome == Outcome.BUSY ? Health.BUSY : Health.DOWN;
    }
  }
}
