package dev.stoker.config;

import dev.stoker.alloy.AlloyProblem;
import dev.stoker.alloy.Translation;
import dev.stoker.alloy.Translator;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A config in Alloy's syntax: translated when it is read, problems at Alloy's lines. */
final class AlloySource {
  private static final String SUFFIX = ".alloy";

  private final Path file;
  private final Problems problems;
  private final Function<Path, @Nullable String> reader;
  private final boolean watched;

  /**
   * @param reader of files whose content the config takes in
   * @param watched they are read again when they change
   */
  AlloySource(
      Path file, Problems problems, Function<Path, @Nullable String> reader, boolean watched) {
    this.file = file;
    this.problems = problems;
    this.reader = reader;
    this.watched = watched;
  }

  static boolean isAlloy(Path file) {
    return String.valueOf(file.getFileName()).endsWith(SUFFIX);
  }

  /** Null after a problem. */
  @Nullable HoconSource hocon(String text) {
    Translation translation = Translator.translate(text, new Contents());
    for (AlloyProblem problem : translation.problems()) {
      problems.error(place(problem), problem.path(), problem.message());
    }
    for (AlloyProblem note : translation.notes()) {
      problems.warn(place(note), note.path(), note.message());
    }
    return translation.problems().isEmpty()
        ? new HoconSource(translation.hocon(), translation::source)
        : null;
  }

  private Place place(AlloyProblem problem) {
    return new Place(file.toString(), problem.line());
  }

  private final class Contents implements Translator.Files {
    @Override
    public @Nullable String read(String path) {
      try {
        return reader.apply(Path.of(path));
      } catch (InvalidPathException noPath) {
        return null;
      }
    }

    @Override
    public boolean areWatched() {
      return watched;
    }
  }
}
