package dev.stoker.config;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Converts an Alloy config to HOCON, for <code>stoker convert</code>. */
public final class AlloyFile {
  /**
   * @param hocon null after a problem
   * @param notes what has been left out, and why
   */
  public record Result(@Nullable String hocon, List<Problem> problems, List<Problem> notes) {
    public Result {
      problems = List.copyOf(problems);
      notes = List.copyOf(notes);
    }
  }

  private AlloyFile() {}

  /** Blocking file I/O; any thread. */
  public static Result convert(Path file) {
    Problems problems = new Problems();
    String hocon = new SourceFiles(problems).translate(file);
    return new Result(problems.any() ? null : hocon, problems.errors(), problems.warnings());
  }
}
