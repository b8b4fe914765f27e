package dev.stoker.discovery;

import dev.stoker.labels.Labels;
import java.util.List;

/**
 * What a component makes of a target: other targets, or none with a reason. Must be a function: it
 * is not asked again for the same labels.
 */
public interface TargetTransform {
  /**
   * @param targets none, one, or several
   * @param dropped why there are none, or fewer than one would expect; "" details are not allowed
   */
  record Result(List<Labels> targets, List<Drop> dropped) {
    public Result {
      targets = List.copyOf(targets);
      dropped = List.copyOf(dropped);
    }

    public static Result of(Labels one) {
      return new Result(List.of(one), List.of());
    }

    public static Result dropped(DroppedTarget.Reason reason, String detail) {
      return new Result(List.of(), List.of(new Drop(reason, detail)));
    }
  }

  /** Why. */
  record Drop(DroppedTarget.Reason reason, String detail) {}

  Result apply(Labels target);
}
