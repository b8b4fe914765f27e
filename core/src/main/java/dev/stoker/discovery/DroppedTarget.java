package dev.stoker.discovery;

import dev.stoker.labels.Labels;

/**
 * A discovered target that is not scraped, and why.
 *
 * @param component that dropped it
 * @param detail says which rule, limit or other target decided
 */
public record DroppedTarget(
    String component, Labels discoveredLabels, Reason reason, String detail) {
  /** The reasons of the API contract. */
  public enum Reason {
    RELABEL,
    DUPLICATE,
    LIMIT,
    BUDGET,
    INVALID
  }
}
