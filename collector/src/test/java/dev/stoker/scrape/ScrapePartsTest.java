package dev.stoker.scrape;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.labels.Labels;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The small parts: back-off on 404, the profiler gate, the byte budget, error texts. */
class ScrapePartsTest {
  @Test
  void notFound_isAskedForLessAndLessOften_upToTenMinutes() {
    NotFoundBackoff backoff = new NotFoundBackoff(15_000);
    List<Integer> asked = new ArrayList<>();
    for (int tick = 0; tick < 200; tick++) {
      if (!backoff.skip()) {
        asked.add(tick);
        backoff.record(Outcome.NOT_FOUND);
      }
    }
    assertThat(asked).containsExactly(0, 1, 2, 4, 8, 16, 32, 64, 104, 144, 184);
  }

  @Test
  void notFound_anyOtherOutcomeEndsTheBackoff() {
    NotFoundBackoff backoff = new NotFoundBackoff(15_000);
    for (int i = 0; i < 3; i++) {
      backoff.record(Outcome.NOT_FOUND);
    }
    assertThat(backoff.skip()).isTrue();
    backoff.record(Outcome.OK);
    assertThat(backoff.skip()).isFalse();
    backoff.record(Outcome.NOT_FOUND);
    assertThat(backoff.skip()).isFalse();
  }

  @Test
  void gate_oneAtATimePerProcess_inOrder() {
    ProfilerGate gate = new ProfilerGate();
    List<String> log = new ArrayList<>();
    ProfilerGate.Permit first = gate.enter("p", () -> log.add("first"));
    ProfilerGate.Permit second = gate.enter("p", () -> log.add("second"));
    ProfilerGate.Permit third = gate.enter("p", () -> log.add("third"));
    gate.enter("q", () -> log.add("other process"));
    assertThat(log).containsExactly("first", "other process");
    second.leave();
    assertThat(log).hasSize(2);
    first.leave();
    first.leave();
    assertThat(log).containsExactly("first", "other process", "third");
    third.leave();
    gate.enter("p", () -> log.add("fourth"));
    assertThat(log).last().isEqualTo("fourth");
  }

  @Test
  void budget_firstComeFirstServed_andALargeBodyWaitsButIsServed() {
    ByteBudget budget = new ByteBudget(100);
    List<String> log = new ArrayList<>();
    budget.take(60, () -> log.add("60"));
    budget.take(500, () -> log.add("500"));
    budget.take(10, () -> log.add("10"));
    assertThat(log).containsExactly("60");
    budget.give(60);
    assertThat(log).containsExactly("60", "500");
    budget.give(500);
    assertThat(log).containsExactly("60", "500", "10");
    budget.give(10);
    assertThat(budget.used()).isZero();
  }

  @Test
  void errors_sayWhatToDo() {
    Target target =
        new TargetFactory(Configs.of(Configs.CPU))
            .create(List.of(Labels.of("__address__", "a:1")))
            .active()
            .get(0);
    assertThat(
            status(target, 500, "Could not enable CPU profiling: cpu profiling already in use\n")
                .outcome())
        .isEqualTo(Outcome.BUSY);
    assertThat(status(target, 400, "profile duration exceeds server's WriteTimeout\n").message())
        .contains("seconds=14", "WriteTimeout", "delta_profiling_duration");
    assertThat(status(target, 404, "404 page not found\n"))
        .isEqualTo(
            new FetchErrors.Verdict(
                Outcome.NOT_FOUND,
                "404 not found: 404 page not found; the target does not serve /debug/pprof/profile:"
                    + " set profile.process_cpu.path or switch it off with enabled = false"));
    assertThat(status(target, 503, "x".repeat(5_000) + "\u0000\u001b[31m").message().length())
        .isLessThan(300);
  }

  private static FetchErrors.Verdict status(Target target, int status, String body) {
    return FetchErrors.status(target, status, body.getBytes(StandardCharsets.UTF_8));
  }
}
