package dev.stoker.discovery.relabel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.discovery.DroppedTarget;
import dev.stoker.discovery.TargetTransform;
import dev.stoker.labels.Labels;
import dev.stoker.relabel.Action;
import dev.stoker.relabel.RelabelRule;
import dev.stoker.relabel.Relabeler;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a rule makes of targets. */
class RelabelTransformTest {
  private static final RelabelTransform TRANSFORM =
      new RelabelTransform(
          new Relabeler(
              List.of(
                  new RelabelRule(
                      RelabelRule.Spec.of(Action.DROP, "__address__").regex("drop.*")))));

  @Test
  void droppedTargets_nameTheRuleAndWhatItSaw() {
    Labels dropped = Labels.of("__address__", "drop:1");
    Labels kept = Labels.of("__address__", "a:1");

    TargetTransform.Result result = TRANSFORM.apply(List.of(dropped, kept));

    assertThat(result.targets()).containsExactly(kept);
    assertThat(result.dropped())
        .singleElement()
        .satisfies(
            drop -> {
              assertThat(drop.target()).isEqualTo(dropped);
              assertThat(drop.reason()).isEqualTo(DroppedTarget.Reason.RELABEL);
              assertThat(drop.detail())
                  .isEqualTo("rule 1: drop __address__ saw \"drop:1\", regex drop.*");
            });
  }
}
