package dev.stoker.config;

import java.util.List;

/** What came of loading a config. */
public sealed interface LoadResult {
  /**
   * @param warnings settings that have no effect
   */
  record Loaded(LoadedConfig config, List<Problem> warnings) implements LoadResult {}

  /**
   * @param problems all of them, by file and line
   */
  record Failed(List<Problem> problems) implements LoadResult {}
}
