package dev.stoker.discovery;

import dev.stoker.labels.Labels;

/** One item of a <code>targets</code> list: written out, or the export of another component. */
public sealed interface TargetSource {
  /**
   * A target written in the config; the list order is the stable order of limits and duplicates.
   */
  record Literal(Labels labels) implements TargetSource {}

  /**
   * All targets that a component exports.
   *
   * @param component its id, such as <code>discovery.kubernetes.pods</code>
   * @param export <code>targets</code> or <code>output</code>
   */
  record Export(String component, String export) implements TargetSource {}
}
