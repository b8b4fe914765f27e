package dev.stoker.config;

import dev.stoker.schema.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Where configs for tests are. */
final class Fixtures {
  static final Path ROOT = Path.of(System.getProperty("stoker.root", ".."));
  static final Path FOLDER = ROOT.resolve("collector/src/test/resources/dev/stoker/config");

  static Path good(String name) {
    return FOLDER.resolve("good").resolve(name);
  }

  /** Entries of a folder whose name ends so, sorted. */
  static List<Path> entries(Path folder, String... suffixes) {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries
          .filter(
              entry ->
                  Stream.of(suffixes)
                      .anyMatch(suffix -> entry.getFileName().toString().endsWith(suffix)))
          .sorted()
          .toList();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  static LoadedConfig loaded(LoadResult result) {
    if (result instanceof LoadResult.Loaded loaded) {
      return loaded.config();
    }
    throw new AssertionError("not loaded: " + ((LoadResult.Failed) result).problems());
  }

  static List<Problem> problems(LoadResult result) {
    return result instanceof LoadResult.Failed failed ? failed.problems() : List.of();
  }

  private Fixtures() {}
}
