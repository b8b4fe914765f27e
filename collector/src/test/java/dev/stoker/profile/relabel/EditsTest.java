package dev.stoker.profile.relabel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.concurrent.ManualTimers;
import dev.stoker.labels.Labels;
import dev.stoker.profile.Profile;
import dev.stoker.profile.Verdicts;
import dev.stoker.relabel.Relabeler;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class EditsTest {
  private final ManualTimers timers = new ManualTimers(1_800_000_000_000L);
  private final UnderWay underWay = new UnderWay();
  private final Edits edits = new Edits(timers, underWay);

  @Test
  void nothingUnderWay_theStopGoesOnAtOnce() {
    assertThat(edits.ended().isComplete()).isTrue();
  }

  @Test
  void anEditThatHangs_doesNotHoldTheStopForEver_andItsEndIsHarmless() {
    List<Runnable> failing = new ArrayList<>();
    ProfileRelabel relabel =
        new ProfileRelabel(
            new ProfileRelabelConfig(
                "pyroscope.relabel.r",
                List.of(),
                new Relabeler(List.of()),
                1,
                new SampleRules(new Relabeler(List.of()), 1)),
            new ProfileRelabel.Way(
                profile -> true,
                (body, editor, done, failed) ->
                    failing.add(() -> failed.accept(new IllegalStateException("late"))),
                new Verdicts(),
                underWay),
            new SimpleMeterRegistry());
    assertThat(relabel.append(new Profile(Labels.of("__name__", "x"), new byte[1], 1))).isTrue();
    Future<Void> ended = edits.ended();
    timers.advance(Edits.PATIENCE_MILLIS - 1);
    assertThat(ended.isComplete()).isFalse();
    timers.advance(1);
    assertThat(ended.succeeded()).isTrue();
    failing.forEach(Runnable::run);
    assertThat(underWay.profiles()).isZero();
  }
}
