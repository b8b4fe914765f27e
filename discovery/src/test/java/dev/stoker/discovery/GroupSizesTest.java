package dev.stoker.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stoker.labels.Labels;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What a source of targets may hold. */
class GroupSizesTest {
  @Test
  void groupsThatDoNotFit_areLeftOut_andItIsSaid() {
    GroupSizes sizes = new GroupSizes(4 << 20);
    assertThat(sizes.fits(group("a", 1 << 20))).isTrue();
    assertThat(sizes.fits(group("b", 5 << 20))).isFalse();
    assertThat(sizes.leftOut()).contains("1 groups with 1 targets are left out", "4 MiB", "labels");
    assertThat(sizes.fits(group("c", 2_000_000))).isTrue();
    assertThat(sizes.fits(group("b", 10))).isTrue();
    assertThat(sizes.leftOut()).isEmpty();
    assertThat(sizes.fits(group("d", 2_000_000))).isFalse();
    assertThat(sizes.fits(new TargetGroup("a", List.of()))).isTrue();
    assertThat(sizes.fits(group("d", 2_000_000))).isTrue();
  }

  @Test
  void manyLabelsForManyTargets_areRefusedBeforeTheyAreMade() {
    Map<String, String> labels = new TreeMap<>();
    for (int i = 0; i < 10_000; i++) {
      labels.put("l" + i, "v");
    }
    List<String> targets = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      targets.add("h" + i + ":1");
    }
    List<?> document = List.of(Map.of("targets", targets, "labels", labels));
    assertThatThrownBy(() -> TargetDocument.groups(document, "f", Labels.empty()))
        .isInstanceOf(TargetDocument.Malformed.class)
        .hasMessageContaining("96 MiB");
  }

  private static TargetGroup group(String source, int bytes) {
    return new TargetGroup(source, List.of(Labels.of("big", "x".repeat(bytes))));
  }
}
