package dev.stoker.profile.relabel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.stoker.pprof.edit.Label;
import dev.stoker.pprof.edit.LabelSet;
import dev.stoker.relabel.Relabeler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SampleRelabelerTest {
  /** "Aa" and "BB" have the same hash, and so has each text that is made of them. */
  @Test
  void labelSetsWhoseHashesCollide_costNoMoreThanOthers() {
    List<LabelSet> sets = new ArrayList<>();
    for (int i = 0; i < 60_000; i++) {
      StringBuilder value = new StringBuilder();
      for (int bit = 0; bit < 16; bit++) {
        value.append((i >> bit & 1) == 0 ? "Aa" : "BB");
      }
      sets.add(new LabelSet(List.of(new Label("trace", value.toString())), i));
    }
    SampleRelabeler relabeler =
        new SampleRelabeler(new SampleRules(new Relabeler(List.of()), 1_000));

    List<@Nullable List<Label>> outcomes =
        assertTimeoutPreemptively(Duration.ofSeconds(20), () -> relabeler.edit(sets));

    assertThat(outcomes).filteredOn(outcome -> outcome != null && !outcome.isEmpty()).hasSize(999);
    assertThat(outcomes.get(59_999)).isNotEmpty();
  }
}
