package dev.stoker.profile.enrich;

import dev.stoker.discovery.TargetSource;
import java.util.List;

/**
 * A <code>pyroscope.enrich</code> component; argument names and defaults are Alloy's.
 *
 * @param component id, such as <code>pyroscope.enrich.pods</code>
 * @param targets whose labels profiles get
 * @param match which profile is of which target
 * @param copy names of the labels that profiles get; empty = all that say what the target is
 * @param forwardTo ids of components that export a receiver
 */
public record EnrichConfig(
    String component,
    List<TargetSource> targets,
    Match match,
    List<String> copy,
    List<String> forwardTo) {
  public EnrichConfig {
    targets = List.copyOf(targets);
    copy = List.copyOf(copy);
    forwardTo = List.copyOf(forwardTo);
  }

  /**
   * A profile is of the target whose label has the same value.
   *
   * @param target name of the target's label
   * @param profile name of the profile's label
   */
  public record Match(String target, String profile) {}
}
