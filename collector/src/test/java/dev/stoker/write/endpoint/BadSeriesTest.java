package dev.stoker.write.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.concurrent.ManualTimers;
import dev.stoker.labels.Labels;
import dev.stoker.profile.Verdicts;
import dev.stoker.write.endpoint.EndpointStatus.State;
import dev.stoker.write.endpoint.SendResult.Kind;
import dev.stoker.write.queue.DropReason;
import dev.stoker.write.queue.OutgoingProfile;
import dev.stoker.write.queue.QueueConfig;
import dev.stoker.write.queue.QueueGauges;
import dev.stoker.write.queue.QueuedProfile;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A server that answers 500 to some series for ever, beside series that it takes. */
class BadSeriesTest {
  private static final long MINUTE = 60_000;

  private final ManualTimers timers = new ManualTimers(1_800_000_000_000L);
  private final List<Long> goodWaits = new ArrayList<>();
  private final List<OutgoingProfile> pushed = new ArrayList<>();
  private final Map<OutgoingProfile, Long> offeredAt = new HashMap<>();
  private boolean outage;
  private long badAnswerMillis = 20;
  private long asideAt = -1;
  private boolean wentDown;
  private Endpoint endpoint = endpoint(64);

  @AfterEach
  void identityHolds() {
    EndpointStatus status = endpoint.status();
    long dropped = status.dropped().values().stream().mapToLong(Long::longValue).sum();
    assertThat(status.counts().sent() + dropped + status.load().queued() + status.load().inFlight())
        .isEqualTo(status.counts().offered());
  }

  @Test
  void threeGoodTypesAndABadOne_theGoodOnesDoNotWait_andTheEndpointIsNeverDown() {
    for (int seed = 0; seed < 20; seed++) {
      endpoint = endpoint(64);
      run(3, 1, 5_000, 5 * MINUTE, seed);
      assertGoodOnesDoNotWait();
    }
  }

  @Test
  void twoGoodTargetsAndTwoBadOnes_theGoodOnesDoNotWait_andTheEndpointIsNeverDown() {
    for (int seed = 0; seed < 20; seed++) {
      endpoint = endpoint(64);
      run(2, 2, 5_000, 5 * MINUTE, seed);
      assertGoodOnesDoNotWait();
    }
  }

  @Test
  void tenGoodOnesAndTenBadOnes_atTheDefaultInterval() {
    run(10, 10, 15_000, 5 * MINUTE, 1);
    assertThat(goodWaits).hasSizeGreaterThan(150);
    assertThat(percentile90(goodWaits)).isLessThan(500);
    assertThat(endpoint.status().state()).isEqualTo(State.HEALTHY);
  }

  @Test
  void aBadSeries_isSetAsideWithinTwoMinutes_atTheDefaultInterval() {
    for (int seed = 0; seed < 20; seed++) {
      endpoint = endpoint(64);
      asideAt = -1;
      long start = timers.nanoTime() / 1_000_000;
      run(3, 1, 15_000, 2 * MINUTE, seed);
      assertThat(asideAt - start).as("seed " + seed).isBetween(0L, 2 * MINUTE);
      assertThat(endpoint.status().setAside())
          .allSatisfy(aside -> assertThat(aside.labels().get("service_name")).isEqualTo("bad0"))
          .allSatisfy(aside -> assertThat(aside.answer()).isEqualTo("500 boom"));
    }
  }

  @Test
  void aServerThatAnswersBadOnesLate_hasRoomForTheOthers() {
    endpoint = endpoint(8);
    badAnswerMillis = 10_000;
    run(6, 8, 5_000, 3 * MINUTE, 3);
    run(6, 8, 5_000, 2 * MINUTE, 3);
    assertThat(goodWaits).hasSizeGreaterThan(130);
    assertThat(percentile90(goodWaits)).as("once it is known who is bad").isLessThan(500);
  }

  @Test
  void anOutage_isOne_thoughASeriesWasBadBefore_andItsEndTakesAGoodProbe() {
    run(3, 1, 5_000, MINUTE, 1);
    long poison = endpoint.status().dropped().getOrDefault(DropReason.POISON, 0L);
    outage = true;
    run(3, 1, 5_000, 2 * MINUTE, 1);
    assertThat(endpoint.status().state()).isEqualTo(State.DOWN);
    assertThat(endpoint.status().dropped().get(DropReason.POISON))
        .as("an outage counts no tries")
        .isLessThanOrEqualTo(poison + 1);
    outage = false;
    int before = pushed.size();
    timers.advance(20_000);
    assertThat(pushed.get(before).labels().get("service_name")).startsWith("good");
    assertThat(endpoint.status().state()).isEqualTo(State.HEALTHY);
  }

  @Test
  void alwaysOneSeries_isDownAfterThreeAnswers() {
    run(1, 0, 5_000, MINUTE, 1);
    outage = true;
    endpoint.offer(push("good0"));
    timers.advance(4_000);
    assertThat(endpoint.status().state()).isEqualTo(State.DOWN);
  }

  @Test
  void noMoreSeriesAreRemembered_thanTheBound() {
    SeriesFailures failures = new SeriesFailures();
    QueuedProfile first = parcel(0);
    failures.failed(first, Kind.UNAVAILABLE, 10, false, 0);
    failures.delivered(parcel(-1), false, 0);
    failures.failed(first, Kind.UNAVAILABLE, 10, false, 1);
    assertThat(failures.charged(first)).isTrue();
    IntStream.range(1, SeriesFailures.REMEMBERED + 1)
        .forEach(i -> failures.failed(parcel(i), Kind.UNAVAILABLE, 10, false, 2));
    assertThat(failures.charged(first)).as("the oldest is forgotten").isFalse();
  }

  private QueuedProfile parcel(int number) {
    return new QueuedProfile(number, push("s" + number), 0);
  }

  private void assertGoodOnesDoNotWait() {
    assertThat(percentile90(goodWaits)).isLessThan(500);
    assertThat(wentDown).isFalse();
    assertThat(endpoint.status().setAside())
        .isNotEmpty()
        .allSatisfy(aside -> assertThat(aside.labels().get("service_name")).startsWith("bad"));
  }

  private static long percentile90(List<Long> values) {
    return values.stream().sorted().toList().get(values.size() * 9 / 10);
  }

  /** Each series at a phase of its own. */
  private void run(int good, int bad, long interval, long millis, int seed) {
    Random phases = new Random(seed);
    goodWaits.clear();
    for (int i = 0; i < good + bad; i++) {
      String name = i < good ? "good" + i : "bad" + (i - good);
      long phase = (long) (phases.nextDouble() * interval);
      for (long at = phase; at < millis; at += interval) {
        timers.after(at, () -> endpoint.offer(push(name)));
      }
    }
    for (long left = millis; left > 0; left -= 100) {
      timers.advance(100);
      wentDown |= endpoint.status().state() == State.DOWN;
      if (asideAt < 0 && !endpoint.status().setAside().isEmpty()) {
        asideAt = timers.nanoTime() / 1_000_000;
      }
    }
  }

  private OutgoingProfile push(String service) {
    Labels labels = Labels.of("__name__", "memory", "service_name", service);
    OutgoingProfile push = OutgoingProfile.of(labels, new byte[100], timers.wallMillis());
    offeredAt.put(push, timers.nanoTime() / 1_000_000);
    return push;
  }

  private Endpoint endpoint(int maxInFlight) {
    QueueConfig queue =
        new QueueConfig(10 << 20, Duration.ofMinutes(55), maxInFlight, 0, QueueConfig.Disk.OFF);
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    return new Endpoint(
        QueueHarness.settings(queue, 10),
        new Server(),
        timers,
        new SplittableRandom(1),
        new EndpointAccounting(
            QueueHarness.ID, registry, new QueueGauges(registry, timers), new Verdicts()));
  }

  private final class Server implements Sender {
    @Override
    public Future<SendResult> send(OutgoingProfile push) {
      pushed.add(push);
      boolean bad = push.labels().get("service_name").startsWith("bad");
      SendResult answer =
          bad || outage
              ? new SendResult.Retryable(Kind.UNAVAILABLE, "500 boom", null)
              : new SendResult.Accepted();
      if (answer instanceof SendResult.Accepted) {
        goodWaits.add(
            timers.nanoTime() / 1_000_000 - java.util.Objects.requireNonNull(offeredAt.get(push)));
      }
      Promise<SendResult> promise = Promise.promise();
      timers.after(bad ? badAnswerMillis : 20, () -> promise.complete(answer));
      return promise.future();
    }

    @Override
    public Future<Void> close() {
      return Future.succeededFuture();
    }
  }
}
