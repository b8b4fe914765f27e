package dev.stoker.discovery;

import dev.stoker.labels.Labels;
import java.util.List;

/**
 * What a component made of targets that it works on together, for "why" answers.
 *
 * @param inputs the very objects that it was given
 * @param outputs the very objects that it exports
 */
public record Decision(
    List<Labels> inputs, List<Labels> outputs, List<TargetTransform.Drop> dropped) {
  public Decision {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    dropped = List.copyOf(dropped);
  }
}
