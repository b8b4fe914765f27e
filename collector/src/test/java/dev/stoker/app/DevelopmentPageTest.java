package dev.stoker.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** <code>docs/development.md</code>: what has to be read for a task exists, and is not too much. */
class DevelopmentPageTest {
  private static final Path ROOT = Path.of(System.getProperty("stoker.root", ".."));
  private static final int MOST_FILES = 8;
  private static final Pattern TASK = Pattern.compile("(?ms)^### ([^\n]*)\n(.*?)(?=^### |\\z)");

  /** A class, or a link to a file. */
  private static final Pattern ROW =
      Pattern.compile("(?m)^\\| (?:`(\\w+)`|\\[[^]]*]\\(([^)#]*)\\)) \\|");

  @Test
  void filesOfATask_exist_andAreNotTooMany() throws IOException {
    String page = Files.readString(ROOT.resolve("docs/development.md"));
    List<MatchResult> tasks = TASK.matcher(page).results().toList();
    assertThat(tasks).hasSize(3);
    Map<String, Long> sources = sources();
    for (MatchResult task : tasks) {
      List<MatchResult> rows = ROW.matcher(task.group(2)).results().toList();
      assertThat(rows).as(task.group(1)).hasSizeBetween(2, MOST_FILES);
      assertThat(rows)
          .hasSize((int) task.group(2).lines().filter(l -> l.startsWith("| ")).count() - 1);
      for (MatchResult row : rows) {
        if (row.group(1) != null) {
          assertThat(sources.get(row.group(1) + ".java")).as(row.group(1)).isEqualTo(1);
        } else {
          assertThat(ROOT.resolve("docs").resolve(row.group(2))).isRegularFile();
        }
      }
    }
  }

  /** Names of all source files, with how many there are of each. */
  private static Map<String, Long> sources() throws IOException {
    try (Stream<Path> modules =
        Stream.of("core", "agent", "discovery", "collector").map(ROOT::resolve)) {
      return modules
          .flatMap(DevelopmentPageTest::files)
          .map(file -> String.valueOf(file.getFileName()))
          .filter(name -> name.endsWith(".java"))
          .collect(Collectors.groupingBy(name -> name, Collectors.counting()));
    }
  }

  private static Stream<Path> files(Path module) {
    try {
      return Files.walk(module.resolve("src"));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
