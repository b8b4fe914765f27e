package dev.stoker.relabel;

import dev.stoker.labels.Labels;
import org.jspecify.annotations.Nullable;

/**
 * What one rule did to a label set.
 *
 * @param rule number of the rule, from 1
 * @param detail why it was dropped; "" otherwise
 */
public record RelabelStep(int rule, Effect effect, Labels before, Labels after, String detail) {
  /** As it stands in the JSON of <code>stoker relabel</code>. */
  public enum Effect {
    CHANGED,
    UNCHANGED,
    DROPPED
  }

  static RelabelStep of(int rule, @Nullable Relabeled ended, Labels before, Labels after) {
    if (ended instanceof Relabeled.Dropped dropped) {
      return new RelabelStep(rule, Effect.DROPPED, before, after, dropped.detail());
    }
    if (ended instanceof Relabeled.TooLarge large) {
      return new RelabelStep(rule, Effect.DROPPED, before, after, large.detail());
    }
    Effect effect = before.equals(after) ? Effect.UNCHANGED : Effect.CHANGED;
    return new RelabelStep(rule, effect, before, after, "");
  }
}
