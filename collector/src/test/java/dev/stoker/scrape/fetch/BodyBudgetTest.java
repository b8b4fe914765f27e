package dev.stoker.scrape.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stoker.concurrent.ManualTimers;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Who gets memory, who waits, and who has to give it back; in MiB, of a budget of 16. */
class BodyBudgetTest {
  private static final long MIB = 1 << 20;

  private final ManualTimers timers = new ManualTimers(0);
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final BodyBudget budget = new BodyBudget(16 * MIB, timers);
  private final List<String> log = new ArrayList<>();

  @Test
  void aLargeBodyThatWaits_doesNotMakeSmallOnesWait() {
    BodyShare huge = open("huge");
    grow(huge, 12 * MIB);
    BodyShare large = open("large");
    grow(large, MIB);
    assertThat(log).containsExactly("huge 12");
    assertThat(large.isWaiting()).isTrue();
    for (int i = 0; i < 7; i++) {
      grow(open("small"), BodyBudget.SMALL);
    }
    assertThat(log)
        .containsExactly(
            "huge 12", "small 0", "small 0", "small 0", "small 0", "small 0", "small 0", "small 0");
  }

  @Test
  void halfReadBodies_neverBlockTheOldest_andItsBytesLetTheNextGoOn() {
    List<BodyShare> bodies = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      BodyShare body = open("b" + i);
      bodies.add(body);
      grow(body, 2 * MIB);
    }
    for (BodyShare body : bodies) {
      if (!body.isWaiting()) {
        grow(body, 4 * MIB);
      }
    }
    assertThat(log).contains("b0 4").doesNotContain("b1 4", "b2 4");
    bodies.get(0).complete();
    bodies.get(0).close();
    assertThat(log).contains("b1 4").doesNotContain("b2 4", "b3 4");
    bodies.forEach(BodyShare::close);
    assertThat(budget.used()).isZero();
  }

  @Test
  void aBodyThatArrivesSlowly_yieldsWhileOthersWait_andOneThatIsFastDoesNot() {
    BodyShare slow = open("slow");
    BodyShare fast = open("fast");
    grow(slow, 3 * MIB);
    grow(fast, 3 * MIB);
    slow.arrived(3 * MIB);
    fast.arrived(3 * MIB);
    timers.advance(60_000);
    assertThat(log).containsExactly("slow 3", "fast 3");

    grow(open("third"), 9 * MIB);
    timers.advance(900);
    fast.arrived(MIB);
    slow.arrived(1_000);
    assertThat(log).doesNotContain("third 9");
    timers.advance(100);
    assertThat(log)
        .anyMatch(line -> line.startsWith("slow yields: the body was given up"))
        .noneMatch(line -> line.startsWith("fast yields"));
    fast.close();
    assertThat(log).last().isEqualTo("third 9");
  }

  @Test
  void aSlowBodyWithinTheSmallPart_yieldsToo() {
    for (int i = 0; i < 32; i++) {
      grow(open("slow"), BodyBudget.SMALL);
    }
    grow(open("good"), 64 << 10);
    assertThat(log).doesNotContain("good 0");
    timers.advance(1_000);
    assertThat(log).filteredOn(line -> line.startsWith("slow yields")).hasSize(1);
    assertThat(log).last().isEqualTo("good 0");
  }

  @Test
  void whenAllWaitForEachOther_theOldestGoesOn_andFewYield() {
    List<BodyShare> bodies = new ArrayList<>();
    for (int i = 0; i < 32; i++) {
      BodyShare body = open("b" + i);
      bodies.add(body);
      grow(body, BodyBudget.SMALL);
    }
    growAll(bodies, MIB);
    assertThat(log).contains("b0 1").noneMatch(line -> line.startsWith("b0 yields"));
    assertThat(log.stream().filter(line -> line.contains("yields"))).hasSizeBetween(2, 10);
  }

  @Test
  void aBodyThatWaitedInVain_keepsItsPlace() {
    BodyShare first = open("first");
    grow(first, 8 * MIB);
    BodyShare starved = open("starved");
    grow(starved, 8 * MIB);
    assertThat(starved.giveUp()).contains("memory", "16777216 bytes").doesNotContain("timeout");
    starved.close();

    BodyShare other = open("other");
    grow(other, 8 * MIB);
    grow(open("starved"), 8 * MIB);
    first.close();
    assertThat(log).containsExactly("first 8", "starved 8");
  }

  @Test
  void aBodyAsLargeAsAll_hasItsTurn() {
    BodyShare small = open("small");
    grow(small, MIB);
    BodyShare giant = open("giant");
    grow(giant, 16 * MIB);
    assertThat(log).containsExactly("small 1");
    small.close();
    assertThat(log).containsExactly("small 1", "giant 16");
  }

  @Test
  void theOldestLargeBody_isReadToItsEnd_thoughItNeedsMoreThanItsPart() {
    BodyShare oldest = open("oldest");
    grow(oldest, 4 * MIB);
    BodyShare younger = open("younger");
    grow(younger, 3 * MIB);
    BodyShare youngest = open("youngest");
    grow(youngest, MIB);
    grow(younger, 8 * MIB);
    assertThat(younger.isWaiting()).isTrue();

    grow(oldest, 7 * MIB);
    assertThat(log)
        .contains("oldest 7")
        .anyMatch(
            line ->
                line.startsWith("younger yields") && line.contains("that began before it needs"))
        .noneMatch(line -> line.startsWith("youngest yields"));

    grow(open("new"), 8 * MIB);
    grow(open("younger"), 8 * MIB);
    oldest.close();
    youngest.close();
    assertThat(log).last().isEqualTo("younger 8");
  }

  /**
   * Of 16 MiB they take 15: not one could go on before their ticks, nor could any small one begin.
   */
  @Test
  void firstPartsOfManyLargeBodies_giveWayToTheOldest_andToSmallOnes() {
    List<BodyShare> bodies = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      bodies.add(open("b" + i));
      grow(bodies.get(i), BodyBudget.SMALL);
    }
    growAll(bodies, MIB);
    assertThat(log).contains("b0 1");
    while (bodies.get(0).held() < 10 * MIB) {
      grow(bodies.get(0), MIB);
      assertThat(bodies.get(0).isWaiting()).isFalse();
    }
    assertThat(log).noneMatch(line -> line.startsWith("b1 yields"));
    log.clear();
    for (int i = 0; i < 8; i++) {
      grow(open("small"), BodyBudget.SMALL);
    }
    assertThat(log).hasSize(8);
  }

  @Test
  void aBodyThatIsComplete_doesNotYield_becauseItsBytesComeBackSoon() {
    BodyShare oldest = open("oldest");
    grow(oldest, 4 * MIB);
    BodyShare complete = open("complete");
    grow(complete, 4 * MIB);
    complete.complete();
    grow(oldest, 8 * MIB);
    assertThat(log).containsExactly("oldest 4", "complete 4");
    complete.close();
    assertThat(log).containsExactly("oldest 4", "complete 4", "oldest 8");
  }

  @Test
  void anExceptionOfWhatWasGranted_endsThatBodyOnly() {
    BodyShare first = open("first");
    grow(first, 12 * MIB);
    BodyShare broken = open("broken");
    broken.grow(
        MIB,
        () -> {
          throw new IllegalStateException("a bug");
        });
    grow(open("third"), MIB);
    first.close();
    assertThat(log)
        .contains("third 1")
        .anyMatch(line -> line.startsWith("broken yields") && line.contains("a bug"))
        .noneMatch(line -> line.startsWith("broken yields") && line.contains("more memory"));
    assertThatThrownBy(() -> timers.advance(1)).hasRootCauseMessage("a bug");
    assertThat(budget.used()).isEqualTo(MIB);
  }

  @Test
  void anAnswerThatBeginsLate_isNotTakenForASlowOne() {
    BodyShare all = open("all");
    grow(all, 12 * MIB);
    all.complete();
    BodyShare late = open("late");
    grow(late, 64 << 10);
    grow(open("waits"), 2 * MIB);
    timers.advance(990);
    late.arrived(1_000);
    timers.advance(10);
    assertThat(log).noneMatch(line -> line.startsWith("late yields"));
    timers.advance(1_000);
    assertThat(log).anyMatch(line -> line.startsWith("late yields"));
  }

  @Test
  void waits_areMeasured() {
    budget.measure(registry);
    BodyShare first = open("first");
    first.grow(12 * MIB, () -> {});
    first.complete();
    BodyShare second = open("second");
    second.grow(2 * MIB, () -> {});
    timers.advance(1_500);
    assertThat(second.waitedNanos()).isEqualTo(1_500_000_000L);
    first.close();
    timers.advance(1_000);
    assertThat(second.waitedNanos()).isEqualTo(1_500_000_000L);
    assertThat(registry.get("stoker.body.memory.wait").timer().count()).isEqualTo(1);
    assertThat(registry.get("stoker.body.memory.wait").timer().totalTime(TimeUnit.MILLISECONDS))
        .isEqualTo(1_500);
    assertThat(registry.get("stoker.body.memory").gauge().value()).isEqualTo(2.0 * MIB);
  }

  private BodyShare open(String name) {
    return budget.open(name, why -> log.add(name + " yields: " + why));
  }

  private void grow(BodyShare share, long bytes) {
    String line = name(share) + " " + bytes / MIB;
    share.grow(bytes, () -> log.add(line));
  }

  /** Those that have not yielded. */
  private void growAll(List<BodyShare> shares, long bytes) {
    for (BodyShare share : shares) {
      if (log.stream().noneMatch(line -> line.startsWith(name(share) + " yields"))) {
        grow(share, bytes);
      }
    }
  }

  private static String name(BodyShare share) {
    return share.key();
  }
}
