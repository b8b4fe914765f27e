package dev.stoker.profile.enrich;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.labels.Labels;
import java.util.List;
import org.junit.jupiter.api.Test;

class TargetLabelsTest {
  private static final Labels HTTP =
      Labels.of("__meta_pod_ip", "10.0.0.1", "__address__", "10.0.0.1:80", "pod", "a", "port", "x");
  private static final Labels GRPC =
      HTTP.toBuilder().set("__address__", "10.0.0.1:90").set("port", "y").set("extra", "z").build();
  private static final Labels OTHER =
      Labels.of("__meta_pod_ip", "10.0.0.2", "__address__", "10.0.0.2:80", "pod", "b", "port", "x");

  @Test
  void withoutAList_allLabelsAreGiven_butThoseThatOnlyScrapingNeeds() {
    TargetLabels labels = TargetLabels.of(List.of(HTTP, OTHER), "__meta_pod_ip", List.of());

    assertThat(labels.of("10.0.0.2"))
        .isEqualTo(Labels.of("__meta_pod_ip", "10.0.0.2", "pod", "b", "port", "x"));
    assertThat(labels.values()).isEqualTo(2);
    assertThat(labels.disagreed()).isEmpty();
  }

  @Test
  void withAList_theseAreGiven_privateOnesToo() {
    TargetLabels labels =
        TargetLabels.of(List.of(HTTP), "__meta_pod_ip", List.of("pod", "__address__", "missing"));

    assertThat(labels.of("10.0.0.1"))
        .isEqualTo(Labels.of("pod", "a", "__address__", "10.0.0.1:80"));
  }

  @Test
  void whereTargetsDisagree_theLabelIsGivenToNobody_inWhateverOrderTheyCome() {
    for (List<Labels> order : List.of(List.of(HTTP, GRPC, HTTP), List.of(GRPC, HTTP, GRPC))) {
      TargetLabels labels = TargetLabels.of(order, "__meta_pod_ip", List.of());

      assertThat(labels.of("10.0.0.1"))
          .isEqualTo(Labels.of("__meta_pod_ip", "10.0.0.1", "pod", "a"));
      assertThat(labels.disagreed()).containsExactly("extra", "port");
    }
  }

  @Test
  void aContainersId_isTheSameWithItsRuntimeAndWithout() {
    Labels target = Labels.of("id", "containerd://3b1c", "pod", "a");
    TargetLabels labels = TargetLabels.of(List.of(target), "id", List.of("pod"));

    assertThat(labels.has("3b1c")).isTrue();
    assertThat(labels.has("cri-o://3b1c")).isTrue();
    assertThat(labels.has("3b1")).isFalse();
    assertThat(labels.of("3b1c")).isEqualTo(Labels.of("pod", "a"));
  }

  @Test
  void withoutTheLabel_aTargetIsFoundByNobody() {
    TargetLabels labels = TargetLabels.of(List.of(Labels.of("pod", "a")), "id", List.of());

    assertThat(labels.unlabelled()).isEqualTo(1);
    assertThat(labels.has("")).isFalse();
    assertThat(labels.of("")).isEqualTo(Labels.empty());
  }
}
