package dev.stoker.scrape.loop;

import dev.stoker.concurrent.Timers;
import dev.stoker.discovery.DroppedTarget;
import dev.stoker.discovery.TargetList;
import dev.stoker.profile.Appender;
import dev.stoker.profile.ComponentBooks;
import dev.stoker.scrape.budget.BudgetedTargets;
import dev.stoker.scrape.loop.TargetStatus.Health;
import dev.stoker.scrape.schedule.LastScrapeSlots;
import dev.stoker.scrape.target.ScrapeConfig;
import dev.stoker.scrape.target.TargetFactory;
import dev.stoker.scrape.target.WhenPushed;
import dev.stoker.scrape.transform.Transforms;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running <code>pyroscope.scrape</code>: takes the labels of discovered targets and hands
 * profiles to its appender. Owned by the control context; the gauges may be read on any thread.
 */
public final class ScrapeComponent {
  private static final Logger log = LoggerFactory.getLogger(ScrapeComponent.class);

  /** How often it is looked whether what was left out has room now. */
  private static final long RETRY_MILLIS = 10_000;

  private ScrapeConfig config;
  private TargetSet targets;
  private BudgetedTargets turns;
  private TargetList last = TargetList.of(List.of());
  private Timers.@Nullable Cancellable retry;
  private Timers.@Nullable Cancellable nextTurn;
  private boolean leavesOut;
  private boolean stopped;
  private final ScrapePool pool;
  private final ScrapeLoop.Shared shared;
  private final MeterRegistry registry;
  private final List<Meter> gauges = new ArrayList<>();
  private final List<Meter> turnGauges = new ArrayList<>();

  public ScrapeComponent(ScrapeConfig config, ScrapeServices services, Appender appender) {
    this.config = config;
    this.targets = new TargetSet(new TargetFactory(config), services.loops());
    this.turns = new BudgetedTargets(config);
    this.registry = services.registry();
    this.shared =
        new ScrapeLoop.Shared(
            services.timers(),
            services.scraper(),
            services.gate(),
            services.slots(),
            appender,
            new ScrapeMetrics(registry, config.component()),
            services.verdicts(),
            new TargetLog(config.component(), services.timers()),
            services.pushers(),
            () -> this.config.whenPushed() == WhenPushed.SKIP);
    this.pool =
        new ScrapePool(
            target ->
                new ScrapeLoop(
                    target,
                    shared,
                    Transforms.forTarget(
                        target,
                        services.cpu(),
                        services.baselines(),
                        services.timers().wallMillis()),
                    services.seed()));
    for (Health health : Health.values()) {
      gauges.add(
          Gauge.builder("stoker.targets", () -> count(health))
              .description("Target × profile type loops by health; dropped = discovered targets")
              .tags("component", config.component(), "state", health.label())
              .register(registry));
    }
    gauges.add(
        Gauge.builder("stoker.targets", () -> pool.dropped().size())
            .tags("component", config.component(), "state", "dropped")
            .register(registry));
    measureTurns();
  }

  private void measureTurns() {
    turnGauges.forEach(registry::remove);
    turnGauges.clear();
    if (config.budget().isSet()) {
      turnGauges.add(turnGauge("chosen", () -> turns.chosenCount()));
      turnGauges.add(turnGauge("left_out", () -> turns.leftOutCount()));
    }
  }

  private Gauge turnGauge(String state, Supplier<Number> count) {
    return Gauge.builder("stoker.budget.targets", count)
        .description("Processes that the budget of a scrape lets in, and that it leaves out")
        .tags("component", config.component(), "state", state)
        .register(registry);
  }

  /** The component's id, such as <code>pyroscope.scrape.default</code>. */
  public String component() {
    return config.component();
  }

  /**
   * Another config of the same component: the next {@link #targets} is a diff by key, so loops
   * whose URL, type, timings and limits stay the same run on.
   */
  public void reconfigure(ScrapeConfig next) {
    shared.timers().control().assertOn();
    config = next;
    targets = targets.after(new TargetFactory(next));
    turns = new BudgetedTargets(next);
    measureTurns();
    // The list that comes next is the first one that is meant for this config.
    stopRetry();
    stopTurns();
  }

  /** Completes when loops of removed targets have ended and those of new ones have started. */
  public Future<Void> targets(TargetList discovered) {
    shared.timers().control().assertOn();
    last = discovered;
    long now = shared.timers().wallMillis();
    TargetSet.Change change = targets.update(turns.admit(discovered, now));
    reportLeftOut();
    stopTurns();
    long next = turns.nextTurn(now);
    if (next != Long.MAX_VALUE) {
      nextTurn = shared.timers().after(next - now, this::again);
    }
    return pool.apply(change.with(turns.leftOut()), turns);
  }

  private void reportLeftOut() {
    String leftOut = targets.leftOut();
    stopRetry();
    if (!leftOut.isEmpty()) {
      retry = shared.timers().after(RETRY_MILLIS, this::tryAgain);
    }
    if (leavesOut == leftOut.isEmpty()) {
      leavesOut = !leavesOut;
      if (leavesOut) {
        log.atWarn().addKeyValue("component", component()).log(leftOut);
      } else {
        log.atInfo()
            .addKeyValue("component", component())
            .log("there is memory for the loops of all targets again");
      }
    }
  }

  /** Another component may have given back its room. */
  private void tryAgain() {
    if (stopped) {
      return;
    }
    if (!targets.hasRoom()) {
      retry = shared.timers().after(RETRY_MILLIS, this::tryAgain);
      return;
    }
    again();
  }

  /** The same targets once more: others of them may come in now. */
  private void again() {
    if (stopped) {
      return;
    }
    try {
      targets(last).onFailure(this::notTaken);
    } catch (RuntimeException bug) {
      notTaken(bug);
    }
  }

  private void notTaken(Throwable bug) {
    books().bug("taking targets that were left out", bug, shared.timers().nanoTime());
  }

  private void stopTurns() {
    if (nextTurn != null) {
      nextTurn.cancel();
      nextTurn = null;
    }
  }

  private void stopRetry() {
    if (retry != null) {
      retry.cancel();
      retry = null;
    }
  }

  /** For people: which targets have no loops because of the memory; "" = none. */
  public String leftOut() {
    shared.timers().control().assertOn();
    return targets.leftOut();
  }

  public List<TargetView> active() {
    shared.timers().control().assertOn();
    return pool.loops().stream()
        .map(
            loop ->
                new TargetView(
                    config.component(),
                    loop.target(),
                    loop.status(),
                    loop.nextScrape(),
                    loop.source(),
                    loop.detail(),
                    loop.alsoPushed()))
        .toList();
  }

  /**
   * Fetches once, outside of the schedule.
   *
   * @param socket path of the target's unix socket; "" = it has none
   * @return empty = no loop has this URL, socket and profile type
   */
  public Optional<ManualScrape> scrapeNow(String url, String socket, String profileType) {
    shared.timers().control().assertOn();
    return pool.loops().stream()
        .map(ScrapeLoop::target)
        .filter(target -> target.type().key().equals(profileType))
        .filter(target -> target.url().toString().equals(url) && target.socket().equals(socket))
        .findFirst()
        .map(target -> new ManualScrape(target, shared.scraper(), shared.gate(), shared.timers()));
  }

  /** The accounts of this component: how each profile that was scraped has ended. */
  public ComponentBooks books() {
    return shared.metrics().books();
  }

  public List<DroppedTarget> dropped() {
    return pool.dropped();
  }

  /**
   * Completes when no scrape runs any more. Idempotent.
   *
   * @param now cut running scrapes instead of waiting for them
   */
  public Future<Void> stop(boolean now) {
    shared.timers().control().assertOn();
    beginStop();
    return pool.stop(now).onComplete(ended -> end());
  }

  /**
   * Like {@link #stop}, but targets whose cumulative profiles are subtracted and that are up are
   * scraped once more, within 5 s.
   *
   * @param slots one for each such scrape that may run at once
   */
  public Future<Void> stopAfterLastScrapes(LastScrapeSlots slots) {
    shared.timers().control().assertOn();
    beginStop();
    return pool.stopAfterLastScrapes(slots).onComplete(ended -> end());
  }

  private void beginStop() {
    stopped = true;
    stopRetry();
    stopTurns();
    removeGauges();
  }

  private void end() {
    targets.release();
    shared.targetLog().close();
  }

  private void removeGauges() {
    gauges.forEach(registry::remove);
    gauges.clear();
    turnGauges.forEach(registry::remove);
    turnGauges.clear();
  }

  private int count(Health health) {
    return pool.countByHealth().getOrDefault(health, 0);
  }
}
