package dev.stoker.config;

import dev.stoker.config.source.Sources;
import dev.stoker.schema.Problem;
import java.util.List;

/** The result of loading a config. */
public sealed interface LoadResult {
  /** The files that were read. When one of them changes, the result may be another one. */
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
