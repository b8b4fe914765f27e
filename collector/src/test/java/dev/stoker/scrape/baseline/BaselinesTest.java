package dev.stoker.scrape.baseline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.concurrent.ManualTimers;
import dev.stoker.files.StorageFolder;
import dev.stoker.pprof.delta.BaselineBudget;
import dev.stoker.pprof.delta.CumulativeTypes;
import dev.stoker.pprof.delta.DeltaBaseline;
import dev.stoker.pprof.delta.DeltaComputer;
import dev.stoker.pprof.wire.KeptTypes;
import dev.stoker.pprof.wire.Workspace;
import dev.stoker.scrape.loop.Bodies;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who gets the baseline of a loop that has ended, and when a series counts as one with a gap. */
class BaselinesTest {
  @TempDir Path folder;
  private final ManualTimers timers = new ManualTimers(0);
  private final BaselineBudget budget = new BaselineBudget(1 << 20);
  private final Baselines baselines = new Baselines(timers, null, budget);

  @Test
  void aBaseline_isTakenOnce_withItsMemory() throws Exception {
    BaselineBudget.Lease memory = budget.lease();
    baselines.leave("a", "p", baseline(memory), memory);
    assertThat(budget.used()).isPositive();
    Baselines.Left left = Objects.requireNonNull(baselines.take("a"));
    assertThat(left.saved().process()).isEqualTo("p");
    assertThat(baselines.take("a")).isNull();
    left.memory().close();
    assertThat(budget.used()).isZero();
  }

  @Test
  void ofTwoLoopsOfOneSeries_theLaterBaselineStays_andTheOthersMemoryIsGivenBack()
      throws Exception {
    BaselineBudget.Lease first = budget.lease();
    baselines.leave("a", "one", baseline(first), first);
    long one = budget.used();
    BaselineBudget.Lease second = budget.lease();
    baselines.leave("a", "two", baseline(second), second);
    assertThat(budget.used()).isEqualTo(one);
    Baselines.Left left = Objects.requireNonNull(baselines.take("a"));
    assertThat(left.saved().process()).isEqualTo("two");
  }

  @Test
  void onlyASeriesThatHadABaseline_canLoseIt() {
    baselines.leave("new", "", null, budget.lease());
    assertThat(baselines.isLost("new")).isFalse();
    baselines.moved("old");
    baselines.leave("old", "", null, budget.lease());
    assertThat(baselines.isLost("old")).isTrue();
    baselines.moved("old");
    assertThat(baselines.isLost("old")).isFalse();
  }

  @Test
  void aTargetThatIsAwayForTooLong_comesBackAsANewOne() throws Exception {
    BaselineBudget.Lease memory = budget.lease();
    baselines.moved("a");
    baselines.leave("a", "", baseline(memory), memory);
    baselines.moved("b");
    baselines.leave("b", "", null, budget.lease());
    timers.advance(Baselines.KEEP_MILLIS - 60_000);
    assertThat(baselines.isLost("b")).isTrue();
    timers.advance(180_000);
    assertThat(baselines.isLost("b")).isFalse();
    assertThat(baselines.isLost("a")).isFalse();
    assertThat(baselines.take("a")).isNull();
    assertThat(budget.used()).isZero();
  }

  @Test
  void whoseTurnEnds_leavesNothing_andComesBackAsANewOne() throws Exception {
    baselines.moved("a");
    BaselineBudget.Lease memory = budget.lease();
    baseline(memory);
    baselines.forget("a", memory);
    assertThat(budget.used()).isZero();
    assertThat(baselines.take("a")).isNull();
    assertThat(baselines.isLost("a")).isFalse();
    baselines.moved("b");
    baselines.leave("b", "", null, budget.lease());
    baselines.forget("b", budget.lease());
    assertThat(baselines.isLost("b")).isFalse();
  }

  @Test
  void whenALoopHasNoMemory_theOldestBaselinesThatNobodyUsesGo() throws Exception {
    BaselineBudget.Lease measured = budget.lease();
    baseline(measured);
    long one = budget.used();
    BaselineBudget small = new BaselineBudget(one * 4);
    Baselines full = new Baselines(timers, null, small);
    for (int i = 0; i < 4; i++) {
      BaselineBudget.Lease memory = small.lease();
      assertThat(memory.resize(one)).isTrue();
      full.leave("s" + i, "", baseline(budget.lease()), memory);
    }
    full.paused();
    assertThat(full.isLost("s0")).isTrue();
    assertThat(full.take("s0")).isNull();
    assertThat(full.isLost("s1")).isFalse();
    assertThat(full.take("s1")).isNotNull();
  }

  @Test
  void aCleanStop_keepsBaselines_andACrashIsAGap() throws Exception {
    StorageFolder storage = new StorageFolder(folder);
    Baselines before = new Baselines(timers, storage, budget);
    before.open().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    before.moved("kept");
    BaselineBudget.Lease memory = budget.lease();
    before.leave("kept", "p", baseline(memory), memory);
    before.moved("lost");
    before.save().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    before.commit().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);

    Baselines after = new Baselines(timers, storage, new BaselineBudget(1 << 20));
    after.open().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    assertThat(after.isLost("kept")).isFalse();
    assertThat(after.isLost("lost")).isTrue();
    assertThat(after.take("kept")).isNotNull();

    Baselines crashed = new Baselines(timers, storage, new BaselineBudget(1 << 20));
    crashed.open().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    assertThat(crashed.isLost("kept")).isTrue();
    assertThat(crashed.take("kept")).isNull();
    storage.close();
  }

  /** One that holds its memory. */
  private static DeltaBaseline baseline(BaselineBudget.Lease memory) throws Exception {
    DeltaComputer computer =
        new DeltaComputer(CumulativeTypes.of("memory"), KeptTypes.ALL, 0, memory);
    try (Workspace workspace = new Workspace()) {
      computer.compute(Bodies.heap(1), 1 << 20, 1, workspace);
    }
    computer.settle(true);
    return Objects.requireNonNull(computer.baseline());
  }
}
