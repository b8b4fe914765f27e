package dev.stoker.write.endpoint;

import dev.stoker.write.queue.DropReason;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * The counters of one endpoint in the metrics. Their names begin with the name of its protocol,
 * such as <code>pyroscope_write</code>. They stay when the endpoint is closed, for the last scrape
 * of the metrics, and endpoints of one name share them.
 */
final class EndpointMeters {
  private final MeterRegistry registry;
  private final String protocol;
  private final String endpoint;
  private final Counter sentProfiles;
  private final Counter sentBytes;
  private final Counter retries;
  private final Counter recovered;
  private final Timer latency;

  EndpointMeters(EndpointId id, MeterRegistry registry) {
    this.registry = registry;
    this.protocol = id.protocol().meters();
    this.endpoint = id.name();
    for (DropReason reason : DropReason.values()) {
      // There from the start: an increase from nothing to 1 is none to Prometheus.
      byReason("dropped.profiles", reason);
      byReason("dropped.bytes", reason);
    }
    this.sentProfiles = counter(meter("sent.profiles"), "Profiles that the server took");
    this.sentBytes = counter(meter("sent.bytes"), "Bytes of profiles that the server took");
    this.retries = counter(meter("retries"), "Tries that failed and will be repeated");
    this.recovered =
        counter("stoker.queue.recovered.profiles", "Profiles that earlier runs left on disk");
    this.latency =
        Timer.builder(meter("latency"))
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

  void sent(long bytes) {
    sentProfiles.increment();
    sentBytes.increment(bytes);
  }

  void retried() {
    retries.increment();
  }

  void recovered(long profiles) {
    recovered.increment(profiles);
  }

  void dropped(DropReason reason, long profiles, long bytes) {
    byReason("dropped.profiles", reason).increment(profiles);
    byReason("dropped.bytes", reason).increment(bytes);
  }

  void latency(long nanos) {
    latency.record(nanos, TimeUnit.NANOSECONDS);
  }

  private String meter(String name) {
    return protocol + "." + name;
  }

  private Counter byReason(String name, DropReason reason) {
    return Counter.builder(meter(name))
        .tags("endpoint", endpoint, "reason", reason.label())
        .register(registry);
  }

  private Counter counter(String name, String description) {
    return Counter.builder(name)
        .description(description)
        .tag("endpoint", endpoint)
        .register(registry);
  }
}
