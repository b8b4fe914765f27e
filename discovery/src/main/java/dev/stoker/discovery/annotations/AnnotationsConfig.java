package dev.stoker.discovery.annotations;

import dev.stoker.discovery.TargetSource;
import java.util.List;

/**
 * A <code>discovery.annotations</code> component.
 *
 * @param families in order of precedence
 * @param naming which other labels the profiles have
 * @param podLabels keys of pod labels that become labels of the profiles; {@link #ALL} = each
 */
public record AnnotationsConfig(
    String component,
    List<TargetSource> targets,
    List<Family> families,
    Naming naming,
    List<String> podLabels) {
  public static final String ALL = "*";

  public AnnotationsConfig {
    targets = List.copyOf(targets);
    families = List.copyOf(families);
    podLabels = List.copyOf(podLabels);
  }
}
