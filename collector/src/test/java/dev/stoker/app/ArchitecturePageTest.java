package dev.stoker.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** <code>docs/architecture.md</code> names what there is: packages, classes, and every module. */
class ArchitecturePageTest {
  private static final Path ROOT = Path.of(System.getProperty("stoker.root", ".."));
  private static final List<String> MODULES = List.of("core", "discovery", "agent", "collector");
  private static final Pattern CLASS = Pattern.compile("`([A-Z][A-Za-z0-9]+)(?:\\.\\w+)?`");
  private static final Pattern PACKAGE = Pattern.compile("`([a-z]+(?:\\.[a-z]+)*)`");
  private static final Pattern MODULE = Pattern.compile("(?m)^\\| `([a-z]+)` \\| (.*) \\|$");
  private static final Pattern WORD = Pattern.compile("(?m)^\\| ([a-z ]+) \\| .*\\. \\|$");

  @Test
  void everyClass_exists() throws IOException {
    Set<String> sources = new TreeSet<>();
    for (String module : MODULES) {
      files(ROOT.resolve(module).resolve("src")).forEach(sources::add);
    }
    List<String> named =
        CLASS.matcher(page()).results().map(match -> match.group(1) + ".java").toList();
    assertThat(named).hasSizeGreaterThan(40);
    assertThat(sources).containsAll(named);
  }

  private static List<String> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.map(file -> String.valueOf(file.getFileName())).toList();
    }
  }

  /** The discovery mechanisms are named as examples, everything else one by one. */
  @Test
  void everyModule_hasThePackagesThatAreNamed_andNoOthers() throws IOException {
    List<MatchResult> modules = MODULE.matcher(page()).results().toList();
    assertThat(modules)
        .extracting(row -> row.group(1))
        .containsExactlyInAnyOrderElementsOf(MODULES);
    for (MatchResult row : modules) {
      Path base = ROOT.resolve(row.group(1)).resolve("src/main/java/dev/stoker");
      Set<String> named =
          PACKAGE
              .matcher(row.group(2))
              .results()
              .map(match -> match.group(1))
              .collect(Collectors.toCollection(TreeSet::new));
      assertThat(named)
          .allSatisfy(name -> assertThat(base.resolve(name.replace('.', '/'))).isDirectory());
      if (!row.group(1).equals("discovery")) {
        Set<String> first =
            named.stream().map(name -> name.replaceFirst("\\..*", "")).collect(Collectors.toSet());
        assertThat(first).as(row.group(1)).containsExactlyInAnyOrderElementsOf(folders(base));
      }
    }
  }

  private static List<String> folders(Path base) {
    try (Stream<Path> folders = Files.list(base)) {
      return folders.map(folder -> String.valueOf(folder.getFileName())).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void theGlossary_isSorted_andLongEnough() throws IOException {
    String glossary = page().substring(page().indexOf("## Words"));
    List<String> words = WORD.matcher(glossary).results().map(match -> match.group(1)).toList();
    assertThat(words).hasSizeGreaterThanOrEqualTo(30).isSorted();
  }

  private static String page() throws IOException {
    return Files.readString(ROOT.resolve("docs/architecture.md"));
  }
}
