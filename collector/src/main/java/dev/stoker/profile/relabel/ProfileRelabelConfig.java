package dev.stoker.profile.relabel;

import dev.stoker.relabel.Relabeler;
import java.util.List;

/**
 * A <code>pyroscope.relabel</code> component; argument names and defaults are Alloy's.
 *
 * @param component id, such as <code>pyroscope.relabel.default</code>
 * @param forwardTo ids of components that export a receiver
 * @param maxCacheSize label sets whose outcome is remembered, at least 1
 * @param samples for the labels inside profiles
 */
public record ProfileRelabelConfig(
    String component,
    List<String> forwardTo,
    Relabeler relabeler,
    int maxCacheSize,
    SampleRules samples) {
  public static final int DEFAULT_MAX_CACHE_SIZE = 10_000;

  public ProfileRelabelConfig {
    forwardTo = List.copyOf(forwardTo);
  }
}
