package dev.stoker.profile.relabel;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The counts of one component; names are Alloy's, with the <code>_total</code> that it lacks. */
final class RelabelMetrics {
  /** Why a profile went no further. */
  enum Reason {
    /** A rule says so. */
    RULE,
    /** A rule made its labels larger than they may be. */
    TOO_LARGE,
    /** The rules left no label. */
    EMPTY,
    /** The sample rules left no sample. */
    SAMPLES,
    /** Sample rules cannot be applied to what cannot be read, or is too large. */
    UNREADABLE,
    /** More profiles wait for their sample rules than memory may hold. */
    BUSY
  }

  private final MeterRegistry registry;
  private final List<Meter> meters = new ArrayList<>();
  private final Counter processed;
  private final Counter written;
  private final Counter samplesDropped;
  private final Counter labelSetsMerged;
  private final Map<Reason, Counter> dropped = new EnumMap<>(Reason.class);

  RelabelMetrics(MeterRegistry registry, String component, OutcomeCache cache) {
    this.registry = registry;
    processed = counter(Counter.builder("pyroscope.relabel.profiles.processed"), component);
    written = counter(Counter.builder("pyroscope.relabel.profiles.written"), component);
    samplesDropped =
        counter(
            Counter.builder("stoker.relabel.samples.dropped")
                .description("Samples that sample_rules took out of profiles"),
            component);
    labelSetsMerged =
        counter(
            Counter.builder("stoker.relabel.label.sets.merged")
                .description("Label sets of samples that max_sample_label_sets took away"),
            component);
    for (Reason reason : Reason.values()) {
      Counter.Builder builder =
          Counter.builder("pyroscope.relabel.profiles.dropped")
              .tag("reason", reason.name().toLowerCase(Locale.ROOT));
      dropped.put(reason, counter(builder, component));
    }
    meters.add(
        FunctionCounter.builder("pyroscope.relabel.cache.hits", cache, OutcomeCache::hits)
            .tag("component", component)
            .register(registry));
    meters.add(
        FunctionCounter.builder("pyroscope.relabel.cache.misses", cache, OutcomeCache::misses)
            .tag("component", component)
            .register(registry));
    meters.add(
        Gauge.builder("pyroscope.relabel.cache.size", cache, OutcomeCache::size)
            .tag("component", component)
            .register(registry));
  }

  private Counter counter(Counter.Builder builder, String component) {
    Counter counter = builder.tag("component", component).register(registry);
    meters.add(counter);
    return counter;
  }

  void processed() {
    processed.increment();
  }

  void written() {
    written.increment();
  }

  void dropped(Reason reason) {
    Counter counter = dropped.get(reason);
    if (counter != null) {
      counter.increment();
    }
  }

  void edited(int samplesGone, int setsMerged) {
    samplesDropped.increment(samplesGone);
    labelSetsMerged.increment(setsMerged);
  }

  long writtenCount() {
    return (long) written.count();
  }

  long droppedCount() {
    return (long) dropped.values().stream().mapToDouble(Counter::count).sum();
  }

  void close() {
    meters.forEach(registry::remove);
    meters.clear();
  }
}
