package dev.stoker.scrape.transform;

import dev.stoker.labels.Labels;
import java.util.List;

/** The process behind an address, where discovery tells which one it is. */
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
