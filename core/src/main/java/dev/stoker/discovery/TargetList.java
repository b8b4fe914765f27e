package dev.stoker.discovery;

import dev.stoker.labels.Labels;
import java.util.List;
import java.util.function.Supplier;

/**
 * What a consumer gets: all targets, put in the stable order only for who needs it, because sorting
 * ten thousand label sets costs more than all else of a small change.
 *
 * @param unordered the very same label sets as before where their source has not changed
 * @param order config order for what is written out, then by address and labels
 */
public record TargetList(List<Labels> unordered, Supplier<List<Labels>> order) {
  public static TargetList of(List<Labels> inOrder) {
    return new TargetList(inOrder, () -> inOrder);
  }

  public List<Labels> inStableOrder() {
    return order.get();
  }
}
