package dev.stoker.discovery;

import dev.stoker.labels.Labels;
import dev.stoker.relabel.Relabeled;
import dev.stoker.relabel.Relabeler;

/** <code>discovery.relabel</code>: relabel rules on targets, before they are expanded by type. */
public final class RelabelTransform implements TargetTransform {
  private final Relabeler relabeler;

  public RelabelTransform(Relabeler relabeler) {
    this.relabeler = relabeler;
  }

  @Override
  public Result apply(Labels target) {
    Relabeled relabeled = relabeler.apply(target);
    if (relabeled instanceof Relabeled.Kept kept) {
      return Result.of(kept.labels());
    }
    if (relabeled instanceof Relabeled.Dropped dropped) {
      return Result.dropped(
          DroppedTarget.Reason.RELABEL, "rule " + dropped.rule() + ": " + dropped.detail());
    }
    Relabeled.TooLarge large = (Relabeled.TooLarge) relabeled;
    return Result.dropped(
        DroppedTarget.Reason.INVALID, "rule " + large.rule() + ": " + large.detail());
  }
}
