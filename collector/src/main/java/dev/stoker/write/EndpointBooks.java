package dev.stoker.write;

import dev.stoker.concurrent.Timers;
import dev.stoker.write.EndpointStatus.State;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One endpoint's book-keeping: every profile that was offered ends in exactly one column. Also its
 * metrics and its log lines, which tell transitions only.
 */
final class EndpointBooks {
  private static final Logger log = LoggerFactory.getLogger(Endpoint.class);
  private static final int KEPT_ASIDE = 20;

  private final String component;
  private final String endpoint;
  private final MeterRegistry registry;
  private final List<Meter> meters = new ArrayList<>();
  private final Map<DropReason, Long> dropped = new EnumMap<>(DropReason.class);
  private final Deque<SetAside> setAside = new ArrayDeque<>();
  private final Counter sentProfiles;
  private final Counter sentBytes;
  private final Counter retries;
  private final Timer latency;
  private long offered;
  private long sent;
  private @Nullable String lastError;
  private @Nullable Instant outageSince;
  private boolean rejectionLogged;

  EndpointBooks(String component, String endpoint, MeterRegistry registry) {
    this.component = component;
    this.endpoint = endpoint;
    this.registry = registry;
    for (DropReason reason : DropReason.values()) {
      dropped.put(reason, 0L);
    }
    this.sentProfiles = counter("pyroscope.write.sent.profiles", "Profiles that the server took");
    this.sentBytes =
        counter("pyroscope.write.sent.bytes", "Bytes of profiles that the server took");
    this.retries = counter("pyroscope.write.retries", "Tries that failed and will be repeated");
    this.latency =
        Timer.builder("pyroscope.write.latency")
            .description("Of one push, from its start to its answer")
            .tag("endpoint", endpoint)
            .serviceLevelObjectives(
                Duration.ofMillis(10),
                Duration.ofMillis(50),
                Duration.ofMillis(100),
                Duration.ofMillis(250),
                Duration.ofMillis(500),
                Duration.ofSeconds(1),
                Duration.ofMillis(2500),
                Duration.ofSeconds(5),
                Duration.ofSeconds(10))
            .register(registry);
  }

  /** Gauges over what the endpoint holds. */
  void watch(MemoryLane lane, IntSupplier inFlight, Timers timers) {
    gauge("stoker.queue.profiles", null, () -> lane.size() + inFlight.getAsInt());
    gauge("stoker.queue", "bytes", lane::bytes);
    gauge(
        "stoker.queue.oldest",
        "seconds",
        () -> {
          Parcel oldest = lane.oldest();
          return oldest == null
              ? 0
              : (timers.wallMillis() - oldest.push.scrapedAtMillis()) / 1_000.0;
        });
  }

  void offered() {
    offered++;
  }

  void sent(Parcel parcel) {
    sent++;
    rejectionLogged = false;
    sentProfiles.increment();
    sentBytes.increment(parcel.bytes());
  }

  void retried() {
    retries.increment();
  }

  void latency(long nanos) {
    latency.record(nanos, TimeUnit.NANOSECONDS);
  }

  void failed(String answer) {
    lastError = answer;
  }

  void dropped(@Nullable Parcel parcel, DropReason reason) {
    if (parcel != null) {
      drop(1, parcel.bytes(), reason);
    }
  }

  void closedInFlight(int profiles, long bytes) {
    drop(profiles, bytes, DropReason.CLOSED);
    long closed = dropped.getOrDefault(DropReason.CLOSED, 0L);
    if (closed > 0) {
      log.atWarn()
          .addKeyValue("endpoint", endpoint)
          .addKeyValue("profiles", closed)
          .log("stopped with profiles undelivered");
    }
  }

  /** The first of a row is logged, the rest counted: a server that rejects mostly rejects all. */
  void rejected(Parcel parcel, String answer) {
    lastError = answer;
    drop(1, parcel.bytes(), DropReason.REJECTED);
    if (!rejectionLogged) {
      rejectionLogged = true;
      log.atWarn()
          .addKeyValue("endpoint", endpoint)
          .addKeyValue("answer", answer)
          .addKeyValue("labels", parcel.push.labels())
          .log("server rejects a profile; more are counted, not logged, until one passes");
    }
  }

  void poison(Parcel parcel, String answer, Instant at) {
    drop(1, parcel.bytes(), DropReason.POISON);
    if (setAside.size() == KEPT_ASIDE) {
      setAside.removeFirst();
    }
    setAside.add(
        new SetAside(parcel.push.labels(), (int) parcel.bytes(), parcel.failures, answer, at));
    log.atWarn()
        .addKeyValue("endpoint", endpoint)
        .addKeyValue("answer", answer)
        .addKeyValue("labels", parcel.push.labels())
        .addKeyValue("bytes", parcel.bytes())
        .log("a profile fails while others pass: set aside");
  }

  void turned(State from, State to, @Nullable String reason, int waiting) {
    if (to == State.HEALTHY) {
      log.atInfo()
          .addKeyValue("endpoint", endpoint)
          .addKeyValue("was", from.label())
          .addKeyValue("since", outageSince)
          .addKeyValue("waiting", waiting)
          .log("endpoint is healthy again");
      outageSince = null;
      lastError = null;
      return;
    }
    if (from == State.HEALTHY) {
      outageSince = Instant.now();
    }
    log.atWarn()
        .addKeyValue("endpoint", endpoint)
        .addKeyValue("answer", reason)
        .addKeyValue("waiting", waiting)
        .log(
            to == State.FAILING
                ? "endpoint refuses us: check its url, headers and credentials"
                : "endpoint is " + to.label());
  }

  EndpointStatus status(State state, MemoryLane lane, int inFlight) {
    Parcel oldest = lane.oldest();
    return new EndpointStatus(
        component,
        endpoint,
        state,
        new EndpointStatus.Counts(offered, 0, sent),
        Map.copyOf(dropped),
        new EndpointStatus.Load(
            lane.size(),
            lane.waitingBytes(),
            inFlight,
            oldest == null ? null : Instant.ofEpochMilli(oldest.push.scrapedAtMillis())),
        lastError,
        List.copyOf(setAside));
  }

  /** The gauges go; the counters stay for the last scrape of the metrics. */
  void close() {
    meters.forEach(registry::remove);
    meters.clear();
  }

  private void drop(long profiles, long bytes, DropReason reason) {
    if (profiles == 0) {
      return;
    }
    dropped.merge(reason, profiles, Long::sum);
    reasonCounter("pyroscope.write.dropped.profiles", reason).increment(profiles);
    reasonCounter("pyroscope.write.dropped.bytes", reason).increment(bytes);
  }

  private Counter reasonCounter(String name, DropReason reason) {
    return Counter.builder(name)
        .tags("endpoint", endpoint, "reason", reason.label())
        .register(registry);
  }

  private Counter counter(String name, String description) {
    return Counter.builder(name)
        .description(description)
        .tag("endpoint", endpoint)
        .register(registry);
  }

  private void gauge(
      String name, @Nullable String unit, java.util.function.Supplier<Number> value) {
    meters.add(
        Gauge.builder(name, value).baseUnit(unit).tag("endpoint", endpoint).register(registry));
  }
}
