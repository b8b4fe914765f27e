package dev.stoker.discovery.relabel;

import dev.stoker.discovery.DroppedTarget;
import dev.stoker.discovery.TargetTransform;
import dev.stoker.labels.Labels;
import dev.stoker.relabel.Relabeled;
import dev.stoker.relabel.Relabeler;
import java.util.ArrayList;
import java.util.List;

/** <code>discovery.relabel</code>: relabel rules on targets, before they are expanded by type. */
public final class RelabelTransform implements TargetTransform {
  private final Relabeler relabeler;

  public RelabelTransform(Relabeler relabeler) {
    this.relabeler = relabeler;
  }

  @Override
  public Result apply(List<Labels> group) {
    List<Labels> targets = new ArrayList<>(group.size());
    List<Drop> dropped = new ArrayList<>();
    for (Labels target : group) {
      Relabeled relabeled = relabeler.apply(target);
      if (relabeled instanceof Relabeled.Kept kept) {
        targets.add(kept.labels());
      } else if (relabeled instanceof Relabeled.Dropped drop) {
        dropped.add(
            new Drop(
                target,
                DroppedTarget.Reason.RELABEL,
                "rule " + drop.rule() + ": " + drop.detail()));
      } else if (relabeled instanceof Relabeled.TooLarge large) {
        dropped.add(
            new Drop(
                target,
                DroppedTarget.Reason.INVALID,
                "rule " + large.rule() + ": " + large.detail()));
      }
    }
    return new Result(targets, dropped);
  }
}
