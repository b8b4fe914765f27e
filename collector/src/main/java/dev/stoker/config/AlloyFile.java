package dev.stoker.config;

import dev.stoker.config.source.HoconSource;
import dev.stoker.config.source.SourceFiles;
import dev.stoker.config.source.Sources;
import dev.stoker.http.failure.FailureMessages;
import dev.stoker.schema.Place;
import dev.stoker.schema.Problem;
import dev.stoker.schema.Problems;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Converts an Alloy config to HOCON, for <code>stoker convert</code>. */
public final class AlloyFile {
  /**
   * @param hocon null after a problem
   * @param warnings blocks that are left out of which profiles are missing
   * @param notes what else is left out, and why
   */
  public record Result(
      @Nullable String hocon, List<Problem> problems, List<Problem> warnings, List<Problem> notes) {
    public Result {
      problems = List.copyOf(problems);
      warnings = List.copyOf(warnings);
      notes = List.copyOf(notes);
    }
  }

  private AlloyFile() {}

  /**
   * Blocking file I/O; any thread.
   *
   * @param fileOrFolder a folder of <code>*.alloy</code> files is one config
   */
  public static Result convert(Path fileOrFolder) {
    Problems problems = new Problems();
    return convert(problems, new SourceFiles(problems), files(fileOrFolder, problems));
  }

  /** Converts a text that is not in a file. */
  public static Result convertText(Path name, byte[] text) {
    Problems problems = new Problems();
    SourceFiles files = new SourceFiles(problems);
    files.give(name, text);
    return convert(problems, files, List.of(name));
  }

  private static Result convert(Problems problems, SourceFiles files, List<Path> sources) {
    HoconSource hocon = problems.any() ? null : files.translate(sources, false);
    return new Result(
        hocon == null || problems.any() ? null : hocon.text(),
        files.places(problems.errors()),
        files.places(problems.warnings()),
        files.places(problems.notes()));
  }

  private static List<Path> files(Path path, Problems problems) {
    if (!Files.isDirectory(path)) {
      return List.of(path);
    }
    Place whole = new Place(path.toString(), 0);
    try {
      List<Path> found = Sources.alloyConfigs(path);
      if (found.isEmpty()) {
        problems.error(whole, "", "the folder holds no *.alloy file; name a file, or add one");
      }
      return found;
    } catch (IOException | SecurityException unreadable) {
      problems.error(
          whole,
          "",
          "cannot be read (" + FailureMessages.ofFile(unreadable) + "); check its permissions");
      return List.of();
    }
  }
}
