package dev.stoker.discovery.kubernetes.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.concurrent.ManualTimers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WatchRunTest {
  private final ManualTimers timers = new ManualTimers(0);
  private final WatchRun run = new WatchRun(timers, Duration.ofSeconds(38));
  private final List<String> told = new ArrayList<>();

  @Test
  void aWatchThatBroughtSomething_isInOrder_howeverShortItWas() {
    assertThat(run.brought()).isTrue();
    assertThat(run.brought()).isFalse();
    assertThat(run.isInOrder()).as("without an answer").isFalse();
    run.answered();
    assertThat(run.isInOrder()).isTrue();
  }

  @Test
  void aQuietWatch_isInOrderOnceItHasLasted_countedFromItsAnswer() {
    timers.advance(10_000);
    run.answered();
    run.whenLasting(() -> told.add("lasts"));
    timers.advance(4_999);
    assertThat(run.isInOrder()).isFalse();
    assertThat(told).isEmpty();
    timers.advance(1);
    assertThat(run.isInOrder()).isTrue();
    assertThat(told).containsExactly("lasts");
    assertThat(run.lasted()).isEqualTo(Duration.ofSeconds(5));
  }

  @Test
  void afterItsEnd_nothingIsToldAnyMore() {
    run.answered();
    run.whenLasting(() -> told.add("lasts"));
    run.settled();
    timers.advance(60_000);
    assertThat(told).isEmpty();
  }
}
