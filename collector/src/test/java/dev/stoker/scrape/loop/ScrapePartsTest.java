package dev.stoker.scrape.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.scrape.fetch.Outcome;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The small parts: back-off on 404, the profiler gate, the byte budget. */
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
}
