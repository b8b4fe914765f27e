package dev.stoker.write.queue;

import dev.stoker.concurrent.Timers;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * What waits, by the name that users see of an endpoint. Queues of one name are summed, as their
 * counters are: two tenants of one URL, or an endpoint that moves to another component and is there
 * twice for a while. The control context owns it, and the metrics are read there.
 */
public final class QueueGauges {
  private final MeterRegistry registry;
  private final Timers timers;
  private final Map<String, Named> byName = new HashMap<>();

  private record Named(List<SendQueue> queues, List<Meter> meters) {
    long sum(ToLongFunction<SendQueue> what) {
      return queues.stream().mapToLong(what).sum();
    }
  }

  public QueueGauges(MeterRegistry registry, Timers timers) {
    this.registry = registry;
    this.timers = timers;
  }

  public Timers timers() {
    return timers;
  }

  public void add(String endpoint, SendQueue queue) {
    timers.control().assertOn();
    byName.computeIfAbsent(endpoint, this::register).queues().add(queue);
  }

  public void remove(String endpoint, SendQueue queue) {
    timers.control().assertOn();
    Named named = byName.get(endpoint);
    if (named != null && named.queues().remove(queue) && named.queues().isEmpty()) {
      byName.remove(endpoint);
      named.meters().forEach(registry::remove);
    }
  }

  private Named register(String endpoint) {
    Named named = new Named(new ArrayList<>(), new ArrayList<>());
    gauge(
        named,
        endpoint,
        Gauge.builder(
            "stoker.queue.profiles", () -> named.sum(q -> q.waiting() + (long) q.inFlight())),
        null);
    gauge(
        named,
        endpoint,
        Gauge.builder("stoker.queue", () -> named.sum(q -> q.waitingBytes() + q.inFlightBytes())),
        "bytes");
    gauge(
        named,
        endpoint,
        Gauge.builder("stoker.queue.oldest", (Supplier<Number>) () -> oldestSeconds(named)),
        "seconds");
    return named;
  }

  private double oldestSeconds(Named named) {
    long oldest =
        named.queues().stream().mapToLong(SendQueue::oldestArrival).min().orElse(Long.MAX_VALUE);
    return oldest == Long.MAX_VALUE ? 0 : (timers.nanoTime() / 1_000_000 - oldest) / 1_000.0;
  }

  private void gauge(
      Named named, String endpoint, Gauge.Builder<Supplier<Number>> gauge, @Nullable String unit) {
    named.meters().add(gauge.baseUnit(unit).tag("endpoint", endpoint).register(registry));
  }
}
