package dev.stoker.discovery.relabel;

import dev.stoker.discovery.TargetSource;
import dev.stoker.relabel.Relabeler;
import java.util.List;

/** A <code>discovery.relabel</code> component. */
public record RelabelConfig(String component, List<TargetSource> targets, Relabeler relabeler) {
  public RelabelConfig {
    targets = List.copyOf(targets);
  }
}
