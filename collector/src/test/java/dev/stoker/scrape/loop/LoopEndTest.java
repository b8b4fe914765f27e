package dev.stoker.scrape.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.scrape.schedule.LastScrapeSlots;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The states in which a loop ends, and that a place among last scrapes is always given back. */
class LoopEndTest {
  private final List<String> log = new ArrayList<>();
  private final Promise<Void> left = Promise.promise();

  @Test
  void withoutALastScrape_itLeavesOnce_andIsOverWhenThatHasEnded() {
    LoopEnd end = new LoopEnd(null);
    idle(end, true);
    idle(end, true);
    assertThat(log).containsExactly("leave");
    assertThat(end.over().isComplete()).isFalse();
    left.complete();
    assertThat(end.over().succeeded()).isTrue();
  }

  @Test
  void aLastScrape_runsOnce_andThenItLeaves() {
    LastScrapeSlots slots = new LastScrapeSlots(1);
    LoopEnd end = new LoopEnd(slots);
    idle(end, true);
    assertThat(log).containsExactly("last");
    assertThat(slots.used()).isEqualTo(1);
    idle(end, true);
    assertThat(log).containsExactly("last", "leave");
    left.complete();
    assertThat(slots.used()).isZero();
  }

  @Test
  void aTargetThatIsNotUp_getsNoLastScrape() {
    LastScrapeSlots slots = new LastScrapeSlots(1);
    LoopEnd end = new LoopEnd(slots);
    idle(end, false);
    assertThat(log).containsExactly("leave");
    assertThat(slots.used()).isZero();
  }

  @Test
  void whileItWaitsForItsTurn_nothingElseBegins() {
    LastScrapeSlots slots = new LastScrapeSlots(1);
    slots.take(() -> {});
    LoopEnd end = new LoopEnd(slots);
    idle(end, true);
    idle(end, true);
    assertThat(log).isEmpty();
    slots.give();
    assertThat(log).containsExactly("last");
  }

  @Test
  void whenItHurries_aTurnThatComesLateIsGivenBackUnused() {
    LastScrapeSlots slots = new LastScrapeSlots(1);
    slots.take(() -> {});
    LoopEnd end = new LoopEnd(slots);
    idle(end, true);
    end.hurry();
    idle(end, true);
    assertThat(log).containsExactly("leave");
    left.complete();
    assertThat(end.over().succeeded()).isTrue();
    slots.give();
    assertThat(log).containsExactly("leave");
    assertThat(slots.used()).isZero();
  }

  private void idle(LoopEnd end, boolean up) {
    end.idle(up, () -> log.add("last"), this::leave);
  }

  private Future<Void> leave() {
    log.add("leave");
    return left.future();
  }
}
