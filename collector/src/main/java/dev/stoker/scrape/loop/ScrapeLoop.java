package dev.stoker.scrape.loop;

import dev.stoker.concurrent.Timers;
import dev.stoker.profile.Appender;
import dev.stoker.profile.Verdicts;
import dev.stoker.scrape.fetch.Scraper;
import dev.stoker.scrape.loop.TargetStatus.Health;
import dev.stoker.scrape.schedule.LastScrapeSlots;
import dev.stoker.scrape.schedule.LoopClock;
import dev.stoker.scrape.schedule.NotFoundBackoff;
import dev.stoker.scrape.schedule.ProcessGates;
import dev.stoker.scrape.schedule.ScrapeSchedule;
import dev.stoker.scrape.schedule.ScrapeSlots;
import dev.stoker.scrape.target.OwnSettings;
import dev.stoker.scrape.target.Target;
import dev.stoker.scrape.transform.ProfileTransform;
import dev.stoker.scrape.transform.TargetDetail;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Scrapes one target: ticks at its phase, never two scrapes at once, a tick that comes while one
 * runs is skipped and counted. A profile of a span of time is nearly as long as the interval, so
 * one that began late still runs at its next tick: then the next scrape follows right after it.
 * Owns the target's status and the timer; {@link ScrapeRun} is one scrape, {@link LoopEnd} is how
 * the loop ends. Owned by the control context.
 */
final class ScrapeLoop {
  private static final Logger log = LoggerFactory.getLogger(ScrapeLoop.class);

  /** A target that does not answer must not use up the grace period. */
  static final long LAST_MILLIS = 5_000;

  /**
   * Everything that all loops of a component share.
   *
   * @param skipsPushed true = what is pushed too is not scraped
   */
  record Shared(
      Timers timers,
      Scraper scraper,
      ProcessGates gate,
      ScrapeSlots slots,
      Appender appender,
      ScrapeMetrics metrics,
      Verdicts verdicts,
      TargetLog targetLog,
      Pushers pushers,
      BooleanSupplier skipsPushed) {}

  private final Shared shared;
  private final LoopParts parts;
  private final LoopClock clock;
  private Target target;

  /** The status of the scrapes alone, without what servers say about the profiles. */
  private TargetStatus status = TargetStatus.UNKNOWN;

  private @Nullable ScrapeRun running;

  /** A tick has come while a profile of a span of time was under way. */
  private boolean due;

  private @Nullable LoopEnd end;

  /** In the line for a slot, of a scrape that has ended there; the next one has it. */
  private ScrapeSlots.@Nullable Slot place;

  ScrapeLoop(Target target, Shared shared, ProfileTransform transform, long seed) {
    this.target = target;
    this.shared = shared;
    ScrapeSchedule schedule = ScrapeSchedule.of(target.key(), target.plan().intervalMillis(), seed);
    this.clock = new LoopClock(shared.timers(), schedule, this::tick);
    this.parts =
        new LoopParts(
            shared,
            schedule,
            transform,
            new NotFoundBackoff(target.plan().intervalMillis()),
            new ServerVerdict(shared.verdicts(), shared.targetLog(), target, transform::refused),
            new PushedToo(shared, transform::interrupted));
  }

  void start() {
    shared.metrics().begin(target.type());
    shared.gate().begin(target);
    clock.start();
  }

  /** Takes a target with the same key and other labels: they hold from the next profile on. */
  void update(Target sameKey) {
    target = sameKey;
    parts.verdict().update(sameKey);
  }

  Target target() {
    return target;
  }

  /**
   * Describes for users what Stoker has running in the target, and which limits of the target are
   * narrowed; "" = nothing.
   */
  String source() {
    String running = shared.scraper().detail(target);
    String narrowed = OwnSettings.narrowed(target);
    return running.isEmpty() || narrowed.isEmpty() ? running + narrowed : running + "; " + narrowed;
  }

  TargetDetail detail() {
    return parts.transform().detail().and(parts.verdict().detail()).and(parts.pushed().detail());
  }

  /** Its service pushes a profile of it too. */
  boolean alsoPushed() {
    return parts.pushed().holds();
  }

  /** The status as users see it, with what servers say about the profiles. */
  TargetStatus status() {
    return parts.verdict().over(status);
  }

  /** The status of the scrapes alone. */
  TargetStatus scrapeStatus() {
    return status;
  }

  /** The time of the next tick; null once the loop is stopped. */
  @Nullable Instant nextScrape() {
    return end == null ? Instant.ofEpochMilli(clock.nextTick()) : null;
  }

  /**
   * No further tick; completes when a running scrape has ended. Idempotent.
   *
   * @param now true = the running scrape is cut instead of waited for
   */
  Future<Void> stop(boolean now) {
    LoopEnd ending = end == null ? halt(new LoopEnd(null)) : end;
    if (now) {
      ending.hurry();
      if (running != null) {
        running.cut();
      }
    }
    endWhenIdle();
    return ending.over();
  }

  /**
   * No further tick, but one last scrape after a running one: what the target counted since the
   * previous one is delivered before Stoker goes. Only of a target that is up and whose profiles
   * are subtracted; all others just stop. The whole takes {@link #LAST_MILLIS} at most.
   *
   * @param slots one for each last scrape that may run at once
   */
  Future<Void> stopAfterLastScrape(LastScrapeSlots slots) {
    if (end != null || target.delta() != Target.DeltaMode.SUBTRACT || parts.pushed().isSkipping()) {
      return stop(false);
    }
    LoopEnd ending = halt(new LoopEnd(slots));
    Timers.Cancellable late = shared.timers().after(LAST_MILLIS, () -> stop(true));
    ending.over().onComplete(ignored -> late.cancel());
    endWhenIdle();
    return ending.over();
  }

  /**
   * The target is there and waits for its next turn. What it counted in this one is fetched still;
   * what it counts until the next one is in no profile.
   *
   * @param slots one for each last scrape that may run at once
   */
  Future<Void> endTurn(LastScrapeSlots slots) {
    parts.transform().turnEnds();
    return target.delta() == Target.DeltaMode.SUBTRACT ? stopAfterLastScrape(slots) : stop(true);
  }

  private LoopEnd halt(LoopEnd ending) {
    end = ending;
    clock.stop();
    leavePlace();
    return ending;
  }

  private void endWhenIdle() {
    LoopEnd ending = end;
    if (ending != null && running == null) {
      ending.idle(status.health() == Health.UP, this::run, this::leave);
    }
  }

  /**
   * Gives back what the loop holds. Never fails: a bug must not keep the caller waiting for ever.
   */
  private Future<Void> leave() {
    try {
      shared.gate().end(target);
      parts.verdict().close();
      parts.transform().close();
      return shared.scraper().leave(target);
    } catch (Throwable bug) {
      parts.bug("ending the loop of " + target.url(), bug);
      return Future.succeededFuture();
    }
  }

  private void run() {
    ScrapeRun run = new ScrapeRun(this, parts);
    running = run;
    run.begin();
  }

  private void tick() {
    long missed = clock.tick();
    if (missed < 0) {
      return;
    }
    missed(missed);
    if (running != null) {
      running.nextTick();
    }
    ScrapeRun stuck = running;
    if (stuck != null) {
      late();
      stuck.endIfStuck();
    } else if (parts.notFound().skip() || parts.pushed().skips(target)) {
      leavePlace();
    } else {
      run();
    }
  }

  /** A tick has come while a scrape is under way. */
  private void late() {
    if (due || target.plan().seconds() == 0) {
      missed(1);
    } else {
      due = true;
    }
  }

  /** A scrape has ended in the line for a slot: the next one stands in its place. */
  void keepPlace(ScrapeSlots.Slot kept) {
    place = kept;
  }

  /** The place that the scrape before this one has left; null = none. */
  ScrapeSlots.@Nullable Slot takePlace() {
    ScrapeSlots.Slot kept = place;
    place = null;
    return kept;
  }

  private void leavePlace() {
    ScrapeSlots.Slot kept = takePlace();
    if (kept != null) {
      kept.leave();
    }
  }

  private void missed(long ticks) {
    if (ticks > 0) {
      status = status.skipped(ticks);
      shared.metrics().skipped(target.type(), ticks);
    }
  }

  /** The running scrape has ended. */
  void ended(TargetStatus after) {
    Health before = status.health();
    status = after;
    running = null;
    log.atDebug()
        .addKeyValue("url", target.url())
        .addKeyValue("profile_type", target.type().key())
        .addKeyValue("health", after.health().label())
        .addKeyValue("bytes", after.lastBytes())
        .addKeyValue("duration_ms", after.lastDurationMillis())
        .log("a scrape has ended");
    logTransition(before, after);
    follow(after);
    endWhenIdle();
  }

  /** What came too late to a target that answers goes on at once; others wait for their tick. */
  private void follow(TargetStatus after) {
    if (!due || end != null) {
      return;
    }
    due = false;
    if (after.health() != Health.UP) {
      missed(1);
    } else if (!parts.pushed().skips(target)) {
      run();
    }
  }

  private void logTransition(Health before, TargetStatus after) {
    if (after.health() == Health.DOWN && before != Health.DOWN) {
      shared.targetLog().down(target, after.lastError());
    } else if (after.health() == Health.UP && before == Health.DOWN) {
      shared.targetLog().up(target);
    }
  }
}
