package dev.stoker.store;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Locale;

/** What a store did not keep, by reason. */
final class StoreMetrics {
  private static final String NAME = "stoker.store.dropped.profiles";

  static void add(MeterRegistry registry, LocalStore store) {
    for (StoreCounters.Reason reason : StoreCounters.Reason.values()) {
      FunctionCounter.builder(NAME, store.counters(), counters -> counters.count(reason))
          .description("Profiles that were offered to a store and are not in it, or not readable")
          .tags("component", store.component(), "reason", reason.name().toLowerCase(Locale.ROOT))
          .register(registry);
    }
  }

  static void remove(MeterRegistry registry, LocalStore store) {
    registry.find(NAME).tag("component", store.component()).meters().forEach(registry::remove);
  }

  private StoreMetrics() {}
}
