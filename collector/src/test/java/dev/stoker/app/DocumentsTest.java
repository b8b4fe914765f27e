package dev.stoker.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The pages of documentation as a whole: who looks for one finds it, and no link is dead. */
class DocumentsTest {
  private static final Path ROOT =
      Path.of(System.getProperty("stoker.root", "..")).toAbsolutePath().normalize();

  private static final Pattern LINK =
      Pattern.compile("\\]\\((?!https?:|mailto:)([^)#]*)#?([^)]*)\\)");
  private static final Pattern CODE = Pattern.compile("(?ms)^```.*?^```$|`[^`\n]*`");
  private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.*)$");

  static List<Path> pages() throws IOException {
    try (Stream<Path> top = Files.list(ROOT);
        Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
      return Stream.concat(
              Stream.concat(top, docs),
              Stream.of("benchmarks/README.md", "e2e/README.md", "deploy/helm/stoker/README.md")
                  .map(ROOT::resolve))
          .filter(path -> path.toString().endsWith(".md"))
          .map(ROOT::relativize)
          .sorted()
          .toList();
    }
  }

  @Test
  void everyPage_isLinkedFromTheReadme() throws IOException {
    Set<Path> linked =
        links(Path.of("README.md")).map(link -> Path.of(link.group(1))).collect(Collectors.toSet());
    assertThat(linked).containsAll(pages().stream().filter(page -> !isReadme(page)).toList());
  }

  private static boolean isReadme(Path page) {
    return page.equals(Path.of("README.md"));
  }

  @ParameterizedTest
  @MethodSource("pages")
  void everyLink_leadsSomewhere(Path page) throws IOException {
    for (MatchResult link : links(page).toList()) {
      Path target =
          link.group(1).isEmpty()
              ? ROOT.resolve(page)
              : ROOT.resolve(page).resolveSibling(link.group(1)).normalize();
      assertThat(target).as(link.group()).exists();
      if (!link.group(2).isEmpty()) {
        assertThat(anchors(target)).as(link.group()).contains(link.group(2));
      }
    }
  }

  private static Stream<MatchResult> links(Path page) throws IOException {
    String text = CODE.matcher(Files.readString(ROOT.resolve(page))).replaceAll("");
    return LINK.matcher(text).results();
  }

  /** As GitHub makes them. */
  private static List<String> anchors(Path page) throws IOException {
    return HEADING
        .matcher(Files.readString(page))
        .results()
        .map(match -> match.group(1).toLowerCase(Locale.ROOT))
        .map(heading -> heading.replaceAll("[^a-z0-9_ -]", "").replace(' ', '-'))
        .toList();
  }
}
