package dev.stoker.labels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class LabelsTest {
  @Test
  void of_sortsAndDropsEmptyValues() {
    Labels labels = Labels.of("b", "2", "a", "1", "c", "");
    assertThat(labels.toMap()).containsExactly(entry("a", "1"), entry("b", "2"));
    assertThat(labels.has("c")).isFalse();
    assertThat(labels.get("c")).isEmpty();
  }

  @Test
  void equality_ignoresTheOrderOfInput() {
    assertThat(Labels.of("a", "1", "b", "2"))
        .isEqualTo(Labels.of("b", "2", "a", "1"))
        .hasSameHashCodeAs(Labels.of("b", "2", "a", "1"))
        .isNotEqualTo(Labels.of("a", "1", "b", "3"));
  }

  @Test
  void builder_lastValueWinsAndEmptyRemoves() {
    Labels labels =
        Labels.of("a", "1", "b", "2").toBuilder()
            .set("a", "x")
            .set("b", "")
            .setIfAbsent("a", "y")
            .build();
    assertThat(labels).isEqualTo(Labels.of("a", "x"));
  }

  @Test
  void compareTo_isByPairsInNameOrder() {
    assertThat(Labels.of("a", "1")).isLessThan(Labels.of("a", "2")).isLessThan(Labels.of("b", "0"));
    assertThat(Labels.empty()).isLessThan(Labels.of("a", "1"));
  }

  @Test
  void filter_keepsMatchingNames() {
    assertThat(Labels.of("__meta_x", "1", "job", "j").filter(name -> !LabelNames.isPrivate(name)))
        .isEqualTo(Labels.of("job", "j"));
  }

  @Test
  void of_oddNumberOfStrings_isRefused() {
    assertThatThrownBy(() -> Labels.of("a")).isInstanceOf(IllegalArgumentException.class);
  }

  private static java.util.Map.Entry<String, String> entry(String name, String value) {
    return java.util.Map.entry(name, value);
  }
}
