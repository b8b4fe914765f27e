package dev.stoker.profile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.labels.Labels;
import java.util.List;
import org.junit.jupiter.api.Test;

class PushedProfilesTest {
  private static final long NOW = 1_800_000_000_000L;
  private static final long INTERVAL = 15_000;
  private static final Labels CPU = Labels.of("__name__", "process_cpu", "service_name", "shop");

  private final PushedProfiles pushed = new PushedProfiles();

  @Test
  void senderWithTheTargetsAddress_pushesTheSameProfile() {
    push("process_cpu", "shop", "10.0.0.7", NOW);
    assertThat(isPushed(CPU, Labels.empty(), "10.0.0.7")).isTrue();
    assertThat(isPushed(CPU, Labels.empty(), "10.0.0.8")).isFalse();
    assertThat(isPushed(named("memory"), Labels.empty(), "10.0.0.7")).isFalse();
    Labels other = CPU.toBuilder().set("service_name", "cart").build();
    assertThat(isPushed(other, Labels.empty(), "10.0.0.7")).isFalse();
  }

  @Test
  void nameOfTheService_isNotEnough() {
    push("process_cpu", "shop", "192.168.1.1", NOW);
    assertThat(pushed.knows(CPU)).isTrue();
    assertThat(isPushed(CPU, Labels.empty(), "10.0.0.7")).isFalse();
  }

  @Test
  void samePodOrContainer_isTheSameTarget() {
    Labels sent =
        CPU.toBuilder()
            .set("__peer_address__", "192.168.1.1")
            .set("k8s_pod_name", "shop-1")
            .set("k8s_namespace_name", "prod")
            .set("container_id", "abc123")
            .build();
    pushed.pushed(sent, NOW);
    Labels pod =
        Labels.of("__meta_kubernetes_namespace", "prod", "__meta_kubernetes_pod_name", "shop-1");
    Labels elsewhere =
        Labels.of("__meta_kubernetes_namespace", "test", "__meta_kubernetes_pod_name", "shop-1");
    Labels container = Labels.of("__meta_kubernetes_pod_container_id", "containerd://abc123");
    assertThat(isPushed(CPU, pod, "10.0.0.7")).isTrue();
    assertThat(isPushed(CPU, elsewhere, "10.0.0.7")).isFalse();
    assertThat(isPushed(CPU, container, "10.0.0.7")).isTrue();
  }

  @Test
  void goroutinesOfTheSdk_areTheGoroutineProfile() {
    push("goroutines", "shop", "10.0.0.7", NOW);
    assertThat(isPushed(named("goroutine"), Labels.empty(), "10.0.0.7")).isTrue();
  }

  @Test
  void pushesEnd_afterTwoIntervals_ofTheSlowerSide() {
    push("process_cpu", "shop", "10.0.0.7", NOW);
    assertThat(isPushedAt(NOW + 2 * INTERVAL)).isTrue();
    assertThat(isPushedAt(NOW + 2 * INTERVAL + 1)).isFalse();
    push("process_cpu", "shop", "10.0.0.7", NOW + 60_000);
    push("process_cpu", "shop", "10.0.0.7", NOW + 60_010);
    assertThat(isPushedAt(NOW + 60_010 + 120_000)).isTrue();
    assertThat(isPushedAt(NOW + 60_010 + 120_001)).isFalse();
  }

  @Test
  void manySenders_pushTheOldestOut() {
    for (int i = 0; i < 30_000; i++) {
      push("process_cpu", "service" + i, "10.0.0.7", NOW);
    }
    assertThat(pushed.knows(Labels.of("service_name", "service0"))).isFalse();
    assertThat(pushed.knows(Labels.of("service_name", "service9999"))).isFalse();
    assertThat(pushed.knows(Labels.of("service_name", "service10000"))).isTrue();
  }

  private static Labels named(String name) {
    return CPU.toBuilder().set("__name__", name).build();
  }

  private void push(String name, String service, String address, long millis) {
    pushed.pushed(
        Labels.of("__name__", name, "service_name", service, "__peer_address__", address), millis);
  }

  private boolean isPushed(Labels profile, Labels discovered, String address) {
    return pushed.isPushed(
        profile, discovered, List.of(address), new PushedProfiles.Moment(NOW, INTERVAL));
  }

  private boolean isPushedAt(long millis) {
    return pushed.isPushed(
        CPU, Labels.empty(), List.of("10.0.0.7"), new PushedProfiles.Moment(millis, INTERVAL));
  }
}
