package dev.stoker.pprof.delta;

import java.util.Set;

/**
 * The sample types of Go's profiles that only ever grow; all others (inuse_*) are momentary. The
 * same list as Alloy's and Pyroscope's.
 */
public final class CumulativeTypes {
  private static final Set<String> MEMORY = Set.of("alloc_objects", "alloc_space");
  private static final Set<String> CONTENTION = Set.of("contentions", "delay");

  /**
   * @param seriesName value of <code>__name__</code>
   */
  public static Set<String> of(String seriesName) {
    return switch (seriesName) {
      case "memory" -> MEMORY;
      case "mutex", "block" -> CONTENTION;
      default -> Set.of();
    };
  }

  private CumulativeTypes() {}
}
