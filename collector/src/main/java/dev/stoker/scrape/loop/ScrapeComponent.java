package dev.stoker.scrape.loop;

import dev.stoker.discovery.DroppedTarget;
import dev.stoker.discovery.TargetList;
import dev.stoker.profile.Appender;
import dev.stoker.profile.ComponentBooks;
import dev.stoker.scrape.loop.TargetStatus.Health;
import dev.stoker.scrape.target.ScrapeConfig;
import dev.stoker.scrape.target.TargetFactory;
import dev.stoker.scrape.transform.Transforms;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A running <code>pyroscope.scrape</code>: takes the labels of discovered targets and hands
 * profiles to its appender. Owned by the control context; the gauges may be read on any thread.
 */
public final class ScrapeComponent {
  private ScrapeConfig config;
  private TargetSet targets;
  private final ScrapePool pool;
  private final ScrapeLoop.Shared shared;
  private final MeterRegistry registry;
  private final List<Meter> gauges = new ArrayList<>();

  public ScrapeComponent(ScrapeConfig config, ScrapeServices services, Appender appender) {
    this.config = config;
    this.targets = new TargetSet(new TargetFactory(config));
    this.registry = services.registry();
    this.shared =
        new ScrapeLoop.Shared(
            services.timers(),
            services.scraper(),
            services.gate(),
            appender,
            new ScrapeMetrics(registry, config.component()),
            services.verdicts(),
            new TargetLog(config.component(), services.timers()));
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
    targets = new TargetSet(new TargetFactory(next));
  }

  /** Completes when loops of removed targets have ended and those of new ones have started. */
  public Future<Void> targets(TargetList discovered) {
    shared.timers().control().assertOn();
    return pool.apply(targets.update(discovered));
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
                    loop.detail()))
        .toList();
  }

  /**
   * Fetches once, outside of the schedule.
   *
   * @return empty = no loop has this URL and profile type
   */
  public Optional<ManualScrape> scrapeNow(String url, String profileType) {
    shared.timers().control().assertOn();
    return pool.loops().stream()
        .map(ScrapeLoop::target)
        .filter(target -> target.type().key().equals(profileType))
        .filter(target -> target.url().toString().equals(url))
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
    removeGauges();
    return pool.stop(now).onComplete(ended -> shared.targetLog().close());
  }

  /**
   * Like {@link #stop}, but targets whose cumulative profiles are subtracted and that are up are
   * scraped once more, within 5 s.
   *
   * @param slots one for each such scrape that may run at once
   */
  public Future<Void> stopAfterLastScrapes(LastScrapeSlots slots) {
    shared.timers().control().assertOn();
    removeGauges();
    return pool.stopAfterLastScrapes(slots).onComplete(ended -> shared.targetLog().close());
  }

  private void removeGauges() {
    gauges.forEach(registry::remove);
    gauges.clear();
  }

  private int count(Health health) {
    return pool.countByHealth().getOrDefault(health, 0);
  }
}
