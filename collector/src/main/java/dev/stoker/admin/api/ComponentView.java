package dev.stoker.admin.api;

import java.util.List;
import java.util.Map;

/**
 * A component of the running graph.
 *
 * @param health unknown, healthy or unhealthy; left_out = Stoker does not run it
 * @param message what is wrong, or what it has; for people
 * @param exports such as <code>targets</code>
 * @param references such as <code>discovery.kubernetes.pods.targets</code>
 * @param books accounts of the way before the queues, in the order of the contract; empty = it has
 *     none
 */
public record ComponentView(
    String id,
    String kind,
    String health,
    String message,
    List<String> exports,
    List<String> references,
    Map<String, Long> books) {
  public ComponentView {
    exports = List.copyOf(exports);
    references = List.copyOf(references);
  }
}
