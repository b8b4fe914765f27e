package dev.stoker.write.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.concurrent.ManualTimers;
import dev.stoker.labels.Labels;
import dev.stoker.profile.Verdicts;
import dev.stoker.write.queue.OutgoingProfile;
import dev.stoker.write.queue.QueueConfig;
import dev.stoker.write.queue.QueueGauges;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** An endpoint of a protocol that is not Pyroscope's: queue, retries and metrics come for free. */
class OtherProtocolTest {
  private final ManualTimers timers = new ManualTimers(1_800_000_000_000L);
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final Other other = new Other();
  private final Endpoint endpoint =
      new Endpoint(
          new EndpointSettings(
              other,
              new Backoff(Duration.ofMillis(500), Duration.ofSeconds(5)),
              3,
              1_000,
              new QueueConfig(100_000, Duration.ofMinutes(55), 4, 0, QueueConfig.Disk.OFF)),
          other,
          timers,
          new SplittableRandom(1),
          new EndpointAccounting(
              new EndpointId("other.write.a", "test", other),
              registry,
              new QueueGauges(registry, timers),
              new Verdicts()));

  /** It takes what it gets in the second try, and never a profile named poison. */
  private static final class Other implements Protocol, Sender {
    final List<OutgoingProfile> tries = new ArrayList<>();

    @Override
    public String kind() {
      return "other";
    }

    @Override
    public String meters() {
      return "other.write";
    }

    @Override
    public @Nullable String exceededLimits(long inflatedBytes) {
      return inflatedBytes > 50 ? "more than 50 bytes" : null;
    }

    @Override
    public boolean throttlesSize(long inflatedBytes) {
      return false;
    }

    @Override
    public Future<SendResult> send(OutgoingProfile profile) {
      tries.add(profile);
      boolean fails = tries.size() == 1 || profile.labels().get("n").equals("poison");
      return Future.succeededFuture(
          fails
              ? new SendResult.Retryable(SendResult.Kind.UNAVAILABLE, "no", null)
              : new SendResult.Accepted());
    }

    @Override
    public Future<Void> close() {
      return Future.succeededFuture();
    }
  }

  private static OutgoingProfile profile(String n, int bytes) {
    return OutgoingProfile.of(Labels.of("n", n), new byte[bytes], 1_800_000_000_000L);
  }

  private double count(String meter) {
    return registry.get(meter).tag("endpoint", "test").counter().count();
  }

  @Test
  void retriesAndCounts_underTheNamesOfItsProtocol() {
    OutgoingProfile first = profile("1", 10);
    endpoint.offer(first);
    timers.advance(2_000);
    assertThat(other.tries).as("the profile itself, nothing of a protocol").containsOnly(first);
    assertThat(other.tries).hasSize(2);
    assertThat(count("other.write.retries")).isEqualTo(1);
    assertThat(count("other.write.sent.profiles")).isEqualTo(1);
    assertThat(registry.getMeters())
        .extracting(Meter::getId)
        .extracting(Meter.Id::getName)
        .noneMatch(name -> name.startsWith("pyroscope"));
  }

  @Test
  void limitsOfItsServers_areToldWithAPoisonProfile() {
    endpoint.offer(profile("poison", 60));
    for (int i = 0; i < 100 && endpoint.status().setAside().isEmpty(); i++) {
      endpoint.offer(profile("good" + i, 10));
      timers.advance(1_000);
    }
    assertThat(endpoint.status().setAside())
        .singleElement()
        .extracting(SetAside::answer)
        .isEqualTo("no; more than 50 bytes");
  }
}
