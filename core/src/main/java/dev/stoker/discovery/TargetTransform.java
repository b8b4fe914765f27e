package dev.stoker.discovery;

import dev.stoker.labels.Labels;
import java.util.List;

/**
 * What a component makes of targets: other targets, or none with a reason. Must be a function: it
 * is not asked again for targets that it has seen in the last round.
 */
public interface TargetTransform {
  /**
   * @param targets none, one, or several
   * @param dropped what did not become a target, and why
   */
  record Result(List<Labels> targets, List<Drop> dropped) {
    public Result {
      targets = List.copyOf(targets);
      dropped = List.copyOf(dropped);
    }
  }

  /**
   * Why.
   *
   * @param target one of the inputs
   * @param partly the target goes on; only something of what it asks for does not
   */
  record Drop(Labels target, DroppedTarget.Reason reason, String detail, boolean partly) {
    public Drop(Labels target, DroppedTarget.Reason reason, String detail) {
      this(target, reason, detail, false);
    }

    public static Drop inPart(Labels target, DroppedTarget.Reason reason, String detail) {
      return new Drop(target, reason, detail, true);
    }
  }

  /**
   * Targets of one key are worked on together; the target itself = each for itself.
   *
   * @return something with equals and hashCode
   */
  default Object group(Labels target) {
    return target;
  }

  /**
   * @param group at least one; equal ones may be among them
   */
  Result apply(List<Labels> group);
}
