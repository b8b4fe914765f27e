package dev.stoker.receive;

import dev.stoker.receive.server.Refusal;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** The meters of one receiver. */
final class ReceiveMetrics {
  private final MeterRegistry registry;
  private final String component;
  private final List<Meter> meters = new ArrayList<>();
  private final Map<Refusal.Kind, Counter> refused = new EnumMap<>(Refusal.Kind.class);
  private final Map<LeftOutLabel, Counter> leftOut = new EnumMap<>(LeftOutLabel.class);
  private final Counter answered;
  private final Counter gone;
  private final Counter taken;
  private final Counter invalid;
  private final Counter busy;
  private final Counter failed;
  private final Counter bytes;
  private final Counter mended;

  ReceiveMetrics(MeterRegistry registry, String component) {
    this.registry = registry;
    this.component = component;
    this.answered = request("taken");
    this.gone = request("gone");
    for (Refusal.Kind kind : Refusal.Kind.values()) {
      refused.put(kind, request(kind.label()));
    }
    for (LeftOutLabel reason : LeftOutLabel.values()) {
      leftOut.put(
          reason,
          counter(
              "stoker.receive.labels.left.out",
              "Labels of senders that were left out, by reason",
              "reason",
              reason.name().toLowerCase(Locale.ROOT)));
    }
    this.taken = profile("taken");
    this.invalid = profile("invalid");
    this.busy = profile("busy");
    this.failed = profile("failed");
    this.bytes =
        add(
            Counter.builder("stoker.receive.bytes")
                .description("Bytes of the pushed profiles that were taken")
                .tags("component", component)
                .register(registry));
    this.mended =
        add(
            Counter.builder("stoker.receive.profiles.mended")
                .description("Pushed profiles that were corrected before they went on")
                .tags("component", component)
                .register(registry));
  }

  private Counter request(String outcome) {
    return counter(
        "stoker.receive.requests",
        "Requests of clients, by what became of them",
        "outcome",
        outcome);
  }

  private Counter profile(String outcome) {
    return counter(
        "stoker.receive.profiles", "Pushed profiles, by what became of them", "outcome", outcome);
  }

  private Counter counter(String name, String description, String label, String value) {
    return add(
        Counter.builder(name)
            .description(description)
            .tags("component", component, label, value)
            .register(registry));
  }

  private Counter add(Counter counter) {
    meters.add(counter);
    return counter;
  }

  void leftOut(LeftOutLabel reason) {
    leftOut(reason, 1);
  }

  void leftOut(LeftOutLabel reason, int labels) {
    Objects.requireNonNull(leftOut.get(reason)).increment(labels);
  }

  void taken(long profiles, long profileBytes) {
    answered.increment();
    taken.increment(profiles);
    bytes.increment(profileBytes);
  }

  /** The request was answered with a refusal. */
  void refused(Refusal refusal) {
    Objects.requireNonNull(refused.get(refusal.kind())).increment();
  }

  /** Profiles of a refused request, as far as they were known. */
  void refused(Refusal.Kind kind, long profiles) {
    switch (kind) {
      case BUSY -> busy.increment(profiles);
      case INTERNAL -> failed.increment(profiles);
      default -> invalid.increment(profiles);
    }
  }

  void gone() {
    gone.increment();
  }

  void mended() {
    mended.increment();
  }

  /** Requests by what became of them, in the words of the metric, in a fixed order. */
  Map<String, Long> requests() {
    Map<String, Long> requests = new LinkedHashMap<>();
    requests.put("taken", (long) answered.count());
    refused.forEach((kind, counter) -> requests.put(kind.label(), (long) counter.count()));
    requests.put("gone", (long) gone.count());
    return requests;
  }

  long refusedRequests() {
    return (long) refused.values().stream().mapToDouble(Counter::count).sum();
  }

  long takenProfiles() {
    return (long) taken.count();
  }

  long takenBytes() {
    return (long) bytes.count();
  }

  void close() {
    meters.forEach(registry::remove);
    meters.clear();
  }
}
