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
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The endpoint's state machine by manual time; the accounting identity holds after every test. */
class EndpointTest {
  /** What {@link #push} of 100 bytes counts, its labels included. */
  private static final long CHARGE =
      OutgoingProfile.of(Labels.of("__name__", "x"), new byte[100], 0).memoryBytes();

  private final ManualTimers timers = new ManualTimers(1_800_000_000_000L);
  private final List<Promise<SendResult>> tries = new ArrayList<>();
  private final List<OutgoingProfile> pushed = new ArrayList<>();
  private Endpoint endpoint =
      endpoint(new QueueConfig(10 * CHARGE, Duration.ofMinutes(55), 4, 0, QueueConfig.Disk.OFF), 3);

  @AfterEach
  void identityHolds() {
    EndpointStatus status = endpoint.status();
    long dropped = status.dropped().values().stream().mapToLong(Long::longValue).sum();
    assertThat(status.counts().sent() + dropped + status.load().queued() + status.load().inFlight())
        .isEqualTo(status.counts().offered());
  }

  @Test
  void accepted_isSent() {
    assertThat(endpoint.offer(push(10))).isTrue();
    answer(0, new SendResult.Accepted());
    assertThat(endpoint.status().counts().sent()).isEqualTo(1);
    assertThat(timers.pending()).isZero();
  }

  @Test
  void inFlight_isBounded() {
    offer(10);
    assertThat(tries).hasSize(4);
    answer(0, new SendResult.Accepted());
    assertThat(tries).hasSize(5);
  }

  @Test
  void aSenderThatFails_neitherLosesTheProfile_norItsPlaceInFlight() {
    offer(1);
    tries.get(0).fail(new IllegalStateException("bug"));
    assertThat(endpoint.status().load().inFlight()).isZero();
    assertThat(endpoint.status().lastError()).contains("internal error");
    timers.advance(10_000);
    answer(tries.size() - 1, new SendResult.Accepted());
    assertThat(endpoint.status().counts().sent()).isEqualTo(1);
  }

  @Test
  void rejected_isDroppedAndNotTriedAgain() {
    offer(1);
    answer(0, new SendResult.Rejected("400 bad"));
    timers.advance(600_000);
    assertThat(tries).hasSize(1);
    assertThat(endpoint.status().dropped().get(DropReason.REJECTED)).isEqualTo(1);
  }

  @Test
  void outage_losesNothing_probesAtLeastEveryTenSeconds_andDrains() {
    offer(8);
    answerAll(unavailable());
    assertThat(endpoint.status().state()).isEqualTo(State.DOWN);
    for (int i = 0; i < 60; i++) {
      int before = tries.size();
      timers.advance(10_000);
      assertThat(tries.size()).isGreaterThan(before);
      answerAll(unavailable());
    }
    timers.advance(10_000);
    answerAll(new SendResult.Accepted());
    assertThat(endpoint.status().state()).isEqualTo(State.HEALTHY);
    assertThat(endpoint.status().counts().sent()).isEqualTo(8);
  }

  @Test
  void poison_isSetAsideOnlyBecauseOthersPass() {
    offer(1);
    for (int round = 0; round < 5; round++) {
      OutgoingProfile poison = pushed.get(0);
      int last = tries.size() - 1;
      if (pushed.get(last) == poison) {
        answer(last, unavailable());
      }
      offer(1);
      answer(tries.size() - 1, new SendResult.Accepted());
      timers.advance(600_000);
    }
    assertThat(endpoint.status().dropped().get(DropReason.POISON)).isEqualTo(1);
    assertThat(endpoint.status().setAside())
        .singleElement()
        .extracting(SetAside::answer)
        .isEqualTo("500 broken");
    assertThat(endpoint.status().state()).isEqualTo(State.HEALTHY);
  }

  @Test
  void alone_aFailingProfileIsNeverPoison() {
    offer(1);
    for (int i = 0; i < 100; i++) {
      answer(tries.size() - 1, unavailable());
      timers.advance(10_000);
    }
    assertThat(endpoint.status().dropped().get(DropReason.POISON)).isZero();
    assertThat(endpoint.status().state()).isEqualTo(State.DOWN);
  }

  @Test
  void overTheBound_theOldestGoFirst() {
    for (int i = 0; i < 14; i++) {
      assertThat(endpoint.offer(push(100))).isTrue();
    }
    assertThat(endpoint.status().dropped().get(DropReason.BYTES)).isEqualTo(4);
    assertThat(endpoint.status().load().queuedBytes()).isEqualTo(600);
  }

  @Test
  void tooLargeOrFullOfInFlight_isRefused() {
    assertThat(endpoint.offer(push(10 * (int) CHARGE))).isFalse();
    assertThat(endpoint.status().dropped().get(DropReason.TOO_LARGE)).isEqualTo(1);
    endpoint.offer(push(1_000));
    assertThat(endpoint.offer(push(400))).isFalse();
    assertThat(endpoint.status().dropped().get(DropReason.BYTES)).isEqualTo(1);
  }

  @Test
  void labels_countAsMemory() {
    String megabyte = "x".repeat(100 * (int) CHARGE);
    for (int i = 0; i < 5; i++) {
      Labels labels = Labels.of("__name__", "x", "big", megabyte + i);
      assertThat(endpoint.offer(OutgoingProfile.of(labels, new byte[1], 0))).isFalse();
    }
    assertThat(endpoint.status().dropped().get(DropReason.TOO_LARGE)).isEqualTo(5);
    Labels labels = Labels.of("__name__", "x", "big", "x".repeat((int) CHARGE));
    for (int i = 0; i < 10; i++) {
      endpoint.offer(OutgoingProfile.of(labels, new byte[1], 0));
    }
    assertThat(endpoint.status().dropped().get(DropReason.BYTES)).isGreaterThanOrEqualTo(5);
    assertThat(endpoint.status().load().queued() + endpoint.status().load().inFlight())
        .as("each counts more than twice what one of 100 bytes does")
        .isLessThanOrEqualTo(5);
  }

  @Test
  void wallClockSetForward_makesNothingOld() {
    offer(8);
    answerAll(unavailable());
    timers.jumpWallClock(3_600_000);
    offer(1);
    timers.advance(20_000);
    assertThat(endpoint.status().dropped().get(DropReason.AGE)).isZero();
    timers.jumpWallClock(-7_200_000);
    timers.advance(56 * 60_000);
    answer(tries.size() - 1, new SendResult.Accepted());
    assertThat(endpoint.status().dropped().get(DropReason.AGE))
        .as("nor does a step back keep it")
        .isPositive();
  }

  @Test
  void old_isDropped() {
    offer(6);
    timers.advance(56 * 60_000);
    answer(0, new SendResult.Accepted());
    assertThat(endpoint.status().dropped().get(DropReason.AGE)).isEqualTo(2);
  }

  @Test
  void old_isDropped_thoughItIsTriedWithoutEnd() {
    endpoint =
        endpoint(
            new QueueConfig(10 * CHARGE, Duration.ofMinutes(55), 4, 0, QueueConfig.Disk.OFF), 0);
    offer(1);
    OutgoingProfile poison = pushed.get(0);
    answer(0, unavailable());
    for (int minute = 0; minute < 60; minute++) {
      timers.advance(60_000);
      for (int i = tries.size() - 1; i >= 0 && !tries.get(i).future().isComplete(); i--) {
        answer(i, pushed.get(i) == poison ? unavailable() : new SendResult.Accepted());
      }
      offer(1);
      answer(tries.size() - 1, new SendResult.Accepted());
    }
    assertThat(endpoint.status().dropped().get(DropReason.AGE)).isEqualTo(1);
    assertThat(endpoint.status().load().queued()).isZero();
  }

  @Test
  void throttled_waitsAsLongAsAsked() {
    offer(1);
    answer(0, new SendResult.Retryable(Kind.THROTTLED, "429", 7_000L));
    assertThat(endpoint.status().state()).isEqualTo(State.THROTTLED);
    timers.advance(6_900);
    assertThat(tries).hasSize(1);
    timers.advance(200);
    assertThat(tries).hasSize(2);
  }

  @Test
  void aProfileThatNeverPasses_isNotTheProbeForEver() {
    offer(1);
    OutgoingProfile never = pushed.get(0);
    answer(0, new SendResult.Retryable(Kind.THROTTLED, "429", 600_000L));
    offer(3);
    timers.advance(600_000);
    assertThat(pushed).hasSize(2);
    assertThat(pushed.get(1)).as("one that has not failed yet").isNotSameAs(never);
    answerAll(new SendResult.Accepted());
    assertThat(endpoint.status().state()).isEqualTo(State.HEALTHY);
    assertThat(endpoint.status().load().queued() + endpoint.status().load().inFlight()).isZero();
  }

  @Test
  void alone_aThrottledProfileIsProbedAgain() {
    offer(2);
    for (int i = 0; i < 6; i++) {
      answerAll(new SendResult.Retryable(Kind.THROTTLED, "429", null));
      timers.advance(10_000);
    }
    assertThat(pushed.stream().distinct().count()).isEqualTo(2);
    assertThat(tries).as("one at a time").hasSize(8);
  }

  @Test
  void a429OfHugeProfiles_isTheirOwn_andOthersDoNotWait() {
    for (int i = 0; i < 5; i++) {
      endpoint.offer(huge());
      answer(i, new SendResult.Retryable(Kind.THROTTLED, "429", 60_000L));
      assertThat(endpoint.status().state()).isEqualTo(State.HEALTHY);
    }
    offer(1);
    answer(5, new SendResult.Accepted());
    assertThat(endpoint.status().counts().sent()).isEqualTo(1);
  }

  @Test
  void a429OfHugeProfiles_isTheEndpoints_whenNothingPassesForAMinute() {
    endpoint.offer(huge());
    for (int second = 0; second < 120; second++) {
      answerAll(new SendResult.Retryable(Kind.THROTTLED, "429", null));
      timers.advance(1_000);
    }
    assertThat(endpoint.status().state()).isEqualTo(State.THROTTLED);
    assertThat(endpoint.status().load().queued() + endpoint.status().load().inFlight())
        .isEqualTo(1);
  }

  @Test
  void misconfigured_isKeptAndTriedSlowly() {
    offer(3);
    for (int i = 0; i < 3; i++) {
      answer(i, new SendResult.Retryable(Kind.MISCONFIGURED, "401", null));
    }
    timers.advance(60_000);
    assertThat(endpoint.status().state()).isEqualTo(State.FAILING);
    assertThat(tries.size()).isBetween(4, 10);
    assertThat(endpoint.status().load().queued() + endpoint.status().load().inFlight())
        .isEqualTo(3);
  }

  @Test
  void onlyRejections_isRejecting_untilOnePasses_andFreshOnesGoOn() {
    offer(2);
    answerAll(new SendResult.Rejected("400 out of order"));
    assertThat(endpoint.status().state()).isEqualTo(State.HEALTHY);
    offer(2);
    answerAll(new SendResult.Rejected("400 out of order"));
    assertThat(endpoint.status().state()).isEqualTo(State.REJECTING);
    assertThat(endpoint.status().lastError()).isEqualTo("400 out of order");
    offer(4);
    assertThat(tries).as("four may be in flight").hasSize(8);
    answer(4, new SendResult.Accepted());
    assertThat(endpoint.status().state()).isEqualTo(State.HEALTHY);
    assertThat(endpoint.status().lastError()).isNull();
  }

  @Test
  void rejectionsAfterAnOutage_areNoOutageAnyMore() {
    offer(8);
    answerAll(unavailable());
    assertThat(endpoint.status().state()).isEqualTo(State.DOWN);
    for (int i = 0; i < 3; i++) {
      timers.advance(10_000);
      answerAll(new SendResult.Rejected("400"));
    }
    assertThat(endpoint.status().state()).isEqualTo(State.REJECTING);
  }

  @Test
  void rejectionsOfASeriesThatNeverPassed_areItsOwn_whileOthersPass() {
    for (int i = 0; i < 10; i++) {
      endpoint.offer(push(10));
      answer(tries.size() - 1, new SendResult.Accepted());
      for (int j = 0; j < 3; j++) {
        endpoint.offer(OutgoingProfile.of(Labels.of("__name__", "odd" + j), new byte[10], 0));
        answer(tries.size() - 1, new SendResult.Rejected("400"));
      }
      assertThat(endpoint.status().state()).isEqualTo(State.HEALTHY);
    }
  }

  @Test
  void stop_delivers_thenRefuses() {
    offer(6);
    Future<Void> stopped = endpoint.stop(5_000);
    for (int i = 0; i < tries.size(); i++) {
      answer(i, new SendResult.Accepted());
    }
    assertThat(stopped.succeeded()).isTrue();
    assertThat(endpoint.status().counts().sent()).isEqualTo(6);
    assertThat(endpoint.offer(push(1))).isFalse();
  }

  @Test
  void stopAtItsDeadline_countsWhatIsLeft() {
    offer(6);
    Future<Void> stopped = endpoint.stop(5_000);
    timers.advance(5_000);
    assertThat(stopped.succeeded()).isTrue();
    assertThat(endpoint.status().dropped().get(DropReason.CLOSED)).isEqualTo(6);
    answer(0, new SendResult.Accepted());
  }

  private void offer(int count) {
    for (int i = 0; i < count; i++) {
      endpoint.offer(push(10));
    }
  }

  /** By its trailer 3 MiB inflated: over the burst of a default server. */
  private OutgoingProfile huge() {
    byte[] body = new byte[100];
    body[0] = 0x1f;
    body[1] = (byte) 0x8b;
    body[2] = 8;
    body[98] = 0x30;
    return OutgoingProfile.of(Labels.of("__name__", "huge"), body, timers.wallMillis());
  }

  private OutgoingProfile push(int bytes) {
    return OutgoingProfile.of(Labels.of("__name__", "x"), new byte[bytes], timers.wallMillis());
  }

  private void answer(int attempt, SendResult result) {
    tries.get(attempt).tryComplete(result);
  }

  /** Those made because of an answer too. */
  private void answerAll(SendResult result) {
    for (int i = 0; i < tries.size(); i++) {
      answer(i, result);
    }
  }

  private static SendResult unavailable() {
    return new SendResult.Retryable(Kind.UNAVAILABLE, "500 broken", null);
  }

  private Endpoint endpoint(QueueConfig queue, int maxRetries) {
    Sender sender =
        new Sender() {
          @Override
          public Future<SendResult> send(OutgoingProfile push) {
            Promise<SendResult> promise = Promise.promise();
            tries.add(promise);
            pushed.add(push);
            return promise.future();
          }

          @Override
          public Future<Void> close() {
            return Future.succeededFuture();
          }
        };
    return new Endpoint(
        QueueHarness.settings(queue, maxRetries), sender, timers, new SplittableRandom(1), books());
  }

  private EndpointAccounting books() {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    return new EndpointAccounting(
        QueueHarness.ID, registry, new QueueGauges(registry, timers), new Verdicts());
  }
}
