package dev.stoker.scrape.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.concurrent.ManualTimers;
import dev.stoker.scrape.fetch.Outcome;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The small parts: back-off on 404, the profiler gate, slots of last scrapes. */
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
  void heapGate_leaksAndHeapOfOneProcessAreASecondApart() {
    ManualTimers timers = new ManualTimers(1_800_000_000_000L);
    HeapGate gate = new HeapGate(timers);
    List<String> log = new ArrayList<>();
    gate.begin("p");
    HeapGate.Place heap = gate.enter("p", HeapGate.Kind.LOOKS_AT_HEAP, () -> log.add("heap"));
    HeapGate.Place other = gate.enter("p", HeapGate.Kind.LOOKS_AT_HEAP, () -> log.add("other"));
    HeapGate.Place leaks = gate.enter("p", HeapGate.Kind.COLLECTS, () -> log.add("leaks"));
    HeapGate.Place next = gate.enter("p", HeapGate.Kind.LOOKS_AT_HEAP, () -> log.add("next"));
    gate.enter("q", HeapGate.Kind.COLLECTS, () -> log.add("other process"));
    assertThat(log).containsExactly("heap", "other", "other process");
    heap.leave();
    timers.advance(5_000);
    other.leave();
    timers.advance(999);
    assertThat(log).hasSize(3);
    timers.advance(1);
    assertThat(log).last().isEqualTo("leaks");
    leaks.leave();
    timers.advance(999);
    assertThat(log).hasSize(4);
    timers.advance(1);
    assertThat(log).last().isEqualTo("next");
    next.leave();
  }

  @Test
  void heapGate_whoGivesUpItsPlaceHoldsNobodyUp_andALoopThatBeginsWaitsForTheHeapOfBefore() {
    ManualTimers timers = new ManualTimers(1_800_000_000_000L);
    HeapGate gate = new HeapGate(timers);
    List<String> log = new ArrayList<>();
    gate.enter("p", HeapGate.Kind.LOOKS_AT_HEAP, () -> log.add("heap")).leave();
    gate.begin("p");
    HeapGate.Place gone = gate.enter("p", HeapGate.Kind.COLLECTS, () -> log.add("gone"));
    HeapGate.Place heap = gate.enter("p", HeapGate.Kind.LOOKS_AT_HEAP, () -> log.add("again"));
    assertThat(log).containsExactly("heap");
    gone.leave();
    assertThat(log).containsExactly("heap", "again");
    heap.leave();
    timers.advance(10_000);
    assertThat(log).hasSize(2);
    gate.end("p");
    gate.enter("p", HeapGate.Kind.COLLECTS, () -> log.add("at once")).leave();
    assertThat(log).last().isEqualTo("at once");
  }

  @Test
  void slots_firstComeFirstServed() {
    LastScrapeSlots slots = new LastScrapeSlots(2);
    List<String> log = new ArrayList<>();
    for (String name : List.of("a", "b", "c", "d")) {
      slots.take(() -> log.add(name));
    }
    assertThat(log).containsExactly("a", "b");
    slots.give();
    assertThat(log).containsExactly("a", "b", "c");
    slots.give();
    assertThat(log).containsExactly("a", "b", "c", "d");
    assertThat(slots.used()).isEqualTo(2);
    slots.give();
    slots.give();
    assertThat(slots.used()).isZero();
  }
}
