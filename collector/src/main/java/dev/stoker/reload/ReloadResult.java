package dev.stoker.reload;

import dev.stoker.schema.Problem;
import java.util.List;

/** What a reload comes to. */
public sealed interface ReloadResult {
  /** The new config runs. */
  record Reloaded(Change change, List<Problem> warnings) implements ReloadResult {
    public Reloaded {
      warnings = List.copyOf(warnings);
    }
  }

  /** The config before runs on, untouched. */
  record Refused(List<Problem> problems) implements ReloadResult {
    public Refused {
      problems = List.copyOf(problems);
    }
  }
}
