package dev.stoker.scrape.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.concurrent.ManualTimers;
import dev.stoker.labels.Labels;
import dev.stoker.profile.PushedProfiles;
import dev.stoker.profile.Verdicts;
import dev.stoker.scrape.schedule.ProcessGates;
import dev.stoker.scrape.schedule.ScrapeSlots;
import dev.stoker.scrape.target.Target;
import dev.stoker.scrape.target.TargetFactory;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PushedTooTest {
  private static final long INTERVAL = 15_000;

  private final ManualTimers timers = new ManualTimers(1_800_000_000_000L);
  private final PushedProfiles pushed = new PushedProfiles();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final List<String> asked = new ArrayList<>();
  private final Target target =
      new TargetFactory(Configs.of(Configs.MEMORY))
          .create(List.of(Labels.of("__address__", "app:6060", "service_name", "shop")))
          .active()
          .get(0);
  private Future<List<String>> answer = Future.succeededFuture(List.of("10.0.0.7"));
  private boolean skip;
  private int paused;

  @Test
  void warn_scrapesOn_andSaysIt() {
    PushedToo too = pushedToo();
    assertThat(too.skips(target)).isFalse();
    assertThat(too.holds()).isFalse();
    assertThat(asked).as("no name is resolved for nothing").isEmpty();
    push("memory");
    assertThat(too.skips(target)).isFalse();
    assertThat(too.holds()).isTrue();
    assertThat(asked).containsExactly("app");
    assertThat(too.detail().paused()).isEmpty();
  }

  @Test
  void skip_leavesScrapesOut_untilThePushesEnd_andTellsTheBaseline() {
    skip = true;
    PushedToo too = pushedToo();
    push("memory");
    assertThat(too.skips(target)).isTrue();
    assertThat(too.detail().paused()).contains("when_pushed = skip");
    timers.advance(2 * INTERVAL);
    assertThat(too.skips(target)).isTrue();
    assertThat(paused).as("what is counted from now on is pushed").isEqualTo(1);
    timers.advance(1);
    assertThat(too.skips(target)).isFalse();
    assertThat(too.holds()).isFalse();
    assertThat(too.detail().paused()).isEmpty();
    assertThat(paused).isEqualTo(1);
    assertThat(
            registry
                .counter(
                    "stoker.scrape.paused",
                    "component",
                    "test",
                    "profile_type",
                    "memory",
                    "reason",
                    "pushed")
                .count())
        .isEqualTo(2);
  }

  @Test
  void hostThatIsNotResolvedYet_isKnownAtTheNextScrape() {
    Promise<List<String>> later = Promise.promise();
    answer = later.future();
    PushedToo too = pushedToo();
    push("memory");
    too.skips(target);
    assertThat(too.holds()).isFalse();
    later.complete(List.of("10.0.0.7"));
    too.skips(target);
    assertThat(too.holds()).isTrue();
  }

  @Test
  void nameThatCannotBeResolved_isAskedForOnceAMinute_andIsToldOnce() {
    answer = Future.failedFuture("no such host");
    PushedToo too = pushedToo();
    for (int i = 0; i < 9; i++) {
      push("memory");
      too.skips(target);
      timers.advance(INTERVAL);
    }
    assertThat(asked).hasSize(3);
    assertThat(too.holds()).isFalse();
    answer = Future.succeededFuture(List.of("10.0.0.7"));
    timers.advance(60_000);
    push("memory");
    too.skips(target);
    assertThat(too.holds()).isTrue();
  }

  @Test
  void recordingsThatDoNotComeAnyMore_areNotPushedForEver() {
    Labels wall = target.labels().toBuilder().set("__name__", "wall").build();
    PushedToo too = pushedToo();
    skip = true;
    push("wall");
    too.skips(target); // the name is resolved
    assertThat(too.leftOut(target, List.of(wall))).containsExactly(wall);
    timers.advance(2 * INTERVAL + 1);
    assertThat(too.skips(target)).isFalse();
    assertThat(too.holds()).isFalse();
    assertThat(too.detail().paused()).isEmpty();
  }

  @Test
  void ofARecording_justThePushedProfilesAreLeftOut() {
    Labels cpu = target.labels().toBuilder().set("__name__", "process_cpu").build();
    Labels wall = target.labels().toBuilder().set("__name__", "wall").build();
    PushedToo too = pushedToo();
    push("process_cpu");
    assertThat(too.leftOut(target, List.of(cpu, wall))).isEmpty();
    assertThat(too.holds()).isTrue();
    skip = true;
    assertThat(too.leftOut(target, List.of(cpu, wall))).containsExactly(cpu);
    assertThat(too.detail().paused()).isNotEmpty();
    timers.advance(2 * INTERVAL + 1);
    assertThat(too.leftOut(target, List.of(cpu, wall))).isEmpty();
    assertThat(too.holds()).isFalse();
  }

  private void push(String name) {
    pushed.pushed(
        Labels.of("__name__", name, "service_name", "shop", "__peer_address__", "10.0.0.7"),
        timers.wallMillis());
  }

  private PushedToo pushedToo() {
    ScrapeLoop.Shared shared =
        new ScrapeLoop.Shared(
            timers,
            any -> {
              throw new AssertionError("nothing is scraped here");
            },
            new ProcessGates(timers),
            ScrapeSlots.unbounded(),
            profile -> true,
            new ScrapeMetrics(registry, "test"),
            new Verdicts(),
            new TargetLog("test", timers),
            new Pushers(
                pushed,
                host -> {
                  asked.add(host);
                  return answer;
                },
                timers),
            () -> skip);
    return new PushedToo(shared, () -> paused++);
  }
}
