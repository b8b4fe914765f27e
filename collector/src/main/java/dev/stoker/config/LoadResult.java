package dev.stoker.config;

import java.util.List;

/** What loading a config comes to. */
public sealed interface LoadResult {
  /**
   * @param warnings settings that are fine but have no effect; sorted by file and line
   */
  record Loaded(LoadedConfig config, List<Problem> warnings) implements LoadResult {
    public Loaded {
      warnings = List.copyOf(warnings);
    }
  }

  /**
   * @param problems all of them, at least one; sorted by file and line
   */
  record Failed(List<Problem> problems) implements LoadResult {
    public Failed {
      problems = List.copyOf(problems);
    }
  }
}
