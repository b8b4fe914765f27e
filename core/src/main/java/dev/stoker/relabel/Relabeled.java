package dev.stoker.relabel;

import dev.stoker.labels.Labels;

/** What became of a label set. */
public sealed interface Relabeled {
  /** It goes on, with these labels. */
  record Kept(Labels labels) implements Relabeled {}

  /**
   * A rule took it out.
   *
   * @param rule number of the rule, from 1
   * @param detail what the rule saw
   */
  record Dropped(int rule, String detail) implements Relabeled {}

  /**
   * A rule made it larger than a label set may be.
   *
   * @param rule number of the rule, from 1
   */
  record TooLarge(int rule, String detail) implements Relabeled {}
}
