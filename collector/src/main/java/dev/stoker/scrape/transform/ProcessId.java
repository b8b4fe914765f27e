package dev.stoker.scrape.transform;

import dev.stoker.labels.Labels;
import java.util.List;

/** What discovery says about which process is behind an address, where it says so. */
final class ProcessId {
  private static final List<String> LABELS =
      List.of(
          "__meta_kubernetes_pod_container_id",
          "__meta_docker_container_id",
          "__meta_kubernetes_pod_uid");

  /** "" = unknown. */
  static String of(Labels discovered) {
    for (String name : LABELS) {
      String value = discovered.get(name);
      if (!value.isEmpty()) {
        return value;
      }
    }
    return "";
  }

  /** Both are known, and they are two. */
  static boolean differ(String one, String other) {
    return !one.isEmpty() && !other.isEmpty() && !one.equals(other);
  }

  private ProcessId() {}
}
