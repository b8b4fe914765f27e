package dev.stoker.scrape.loop;

import dev.stoker.pprof.check.Mend;
import dev.stoker.profile.ComponentBooks;
import dev.stoker.scrape.fetch.Outcome;
import dev.stoker.scrape.target.ProfileType;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The metrics of scrapes, by component and profile type, never by target. Meters are looked up
 * once, because a look-up in the registry costs more than the count.
 */
final class ScrapeMetrics {
  private final MeterRegistry registry;
  private final String component;
  private final Map<String, Counter> outcomes = new HashMap<>();
  private final Map<String, Timer> durations = new HashMap<>();
  private final Map<String, DistributionSummary> sizes = new HashMap<>();
  private final Map<String, Counter> skips = new HashMap<>();
  private final Map<String, Counter> pushed = new HashMap<>();
  private final Map<Mend, Counter> mended = new EnumMap<>(Mend.class);
  private final ComponentBooks books;
  private final Counter resets;
  private final Counter gaps;
  private final Counter paused;

  ScrapeMetrics(MeterRegistry registry, String component) {
    this.registry = registry;
    this.component = component;
    this.books = new ComponentBooks(registry, component, ComponentBooks.Entry.SCRAPED);
    this.resets =
        Counter.builder("stoker.delta.resets")
            .description("Restarts of a target's process seen in its cumulative profiles")
            .tag("component", component)
            .register(registry);
    this.gaps =
        Counter.builder("stoker.delta.gaps")
            .description("Stretches of a cumulative profile that are in no delta")
            .tag("component", component)
            .register(registry);
    this.paused =
        Counter.builder("stoker.delta.paused")
            .description("Scrapes whose cumulative sample types were not sent, by reason")
            .tags("component", component, "reason", "memory")
            .register(registry);
    for (Mend mend : Mend.values()) {
      mended.put(
          mend,
          Counter.builder("stoker.bodies.mended")
              .description("Bodies of targets that were mended before they went on, by reason")
              .tags("component", component, "reason", mend.label())
              .register(registry));
    }
  }

  ComponentBooks books() {
    return books;
  }

  void scraped(ProfileType type, Outcome outcome, long nanos) {
    outcome(type, outcome).increment();
    durations
        .computeIfAbsent(
            type.key(),
            ignored ->
                Timer.builder("stoker.scrape.duration")
                    .description("From the start of a scrape until its profile is handed on")
                    .tags("component", component, "profile_type", type.key())
                    .register(registry))
        .record(nanos, TimeUnit.NANOSECONDS);
  }

  private Counter outcome(ProfileType type, Outcome outcome) {
    return outcomes.computeIfAbsent(
        type.key() + ' ' + outcome,
        ignored ->
            Counter.builder("stoker.scrapes")
                .description("Scrapes by how they ended")
                .tags("component", component, "profile_type", type.key())
                .tag("outcome", outcome.label())
                .register(registry));
  }

  void body(ProfileType type, long bytes) {
    sizes
        .computeIfAbsent(
            type.key(),
            ignored ->
                DistributionSummary.builder("stoker.scrape.body")
                    .description("Size of fetched bodies as they came over the wire")
                    .baseUnit("bytes")
                    .tags("component", component, "profile_type", type.key())
                    .register(registry))
        .record(bytes);
  }

  /**
   * Registers the counters whose increase alerts and the dashboard use, with the value 0: to
   * Prometheus, a counter that appears with the value 1 has not increased.
   */
  void begin(ProfileType type) {
    outcome(type, Outcome.MEMORY).increment(0);
    skips(type).increment(0);
    pushes(type).increment(0);
  }

  private Counter skips(ProfileType type) {
    return skips.computeIfAbsent(
        type.key(),
        ignored ->
            Counter.builder("stoker.scrape.skipped")
                .description("Ticks missed because the previous scrape still ran")
                .tags("component", component, "profile_type", type.key())
                .register(registry));
  }

  void skipped(ProfileType type, long ticks) {
    skips(type).increment(ticks);
  }

  /** Scrapes, or profiles of recordings, that were left out because they are pushed too. */
  void pushed(ProfileType type, long profiles) {
    pushes(type).increment(profiles);
  }

  private Counter pushes(ProfileType type) {
    return pushed.computeIfAbsent(
        type.key(),
        ignored ->
            Counter.builder("stoker.scrape.paused")
                .description("Profiles that were left out on purpose, by reason")
                .tags("component", component, "profile_type", type.key())
                .tag("reason", "pushed")
                .register(registry));
  }

  void mended(Set<Mend> mends) {
    mends.forEach(mend -> Objects.requireNonNull(mended.get(mend)).increment());
  }

  void reset() {
    resets.increment();
  }

  void paused() {
    paused.increment();
  }

  void gap() {
    gaps.increment();
  }
}
