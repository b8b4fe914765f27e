package dev.stoker.config;

import dev.stoker.config.source.Sources;
import dev.stoker.schema.Problem;
import java.util.List;

/** What loading a config comes to. */
public sealed interface LoadResult {
  /** What was read: when it changes, loading comes to something else. */
  Sources sources();

  /**
   * @param warnings settings that are fine but have no effect, and what a user should know of;
   *     sorted by file and line
   * @param notes what makes no difference here; sorted by file and line
   */
  record Loaded(LoadedConfig config, List<Problem> warnings, List<Problem> notes, Sources sources)
      implements LoadResult {
    public Loaded {
      warnings = List.copyOf(warnings);
      notes = List.copyOf(notes);
    }
  }

  /**
   * @param problems all of them, at least one; sorted by file and line
   */
  record Failed(List<Problem> problems, Sources sources) implements LoadResult {
    public Failed {
      problems = List.copyOf(problems);
    }
  }
}
