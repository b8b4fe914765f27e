package dev.stoker.app.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.config.ConfigLoader;
import dev.stoker.config.LoadResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The configs and links of docs/profile-a-jvm.md; e2e's TestJvmPage runs its commands. */
class JvmPageTest {
  private static final Path DOCS = Path.of(System.getProperty("stoker.root", "..")).resolve("docs");
  private static final Pattern HOCON = Pattern.compile("```hocon\n(.*?)```", Pattern.DOTALL);
  private static final Pattern LINK = Pattern.compile("\\]\\((?!http)([^)#]*)#?([^)]*)\\)");
  private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.*)$");

  @TempDir Path folder;

  @Test
  void everyConfigLoads_withoutAWarning() throws IOException {
    List<MatchResult> blocks = HOCON.matcher(page("profile-a-jvm.md")).results().toList();
    assertThat(blocks).hasSize(6);
    for (MatchResult block : blocks) {
      LoadResult result =
          ConfigLoader.load(Files.writeString(folder.resolve("page.conf"), block.group(1)));

      assertThat(result).as(block.group(1)).isInstanceOf(LoadResult.Loaded.class);
      assertThat(((LoadResult.Loaded) result).warnings()).isEmpty();
    }
  }

  @Test
  void everyLinkLeadsSomewhere() throws IOException {
    for (MatchResult link : LINK.matcher(page("profile-a-jvm.md")).results().toList()) {
      Path target = DOCS.resolve(link.group(1).isEmpty() ? "profile-a-jvm.md" : link.group(1));
      assertThat(target.normalize()).exists();
      if (!link.group(2).isEmpty()) {
        assertThat(anchors(Files.readString(target))).contains(link.group(2));
      }
    }
  }

  /** As GitHub makes them. */
  private static List<String> anchors(String text) {
    return HEADING
        .matcher(text)
        .results()
        .map(match -> match.group(1).toLowerCase(java.util.Locale.ROOT))
        .map(heading -> heading.replaceAll("[^a-z0-9 -]", "").replace(' ', '-'))
        .toList();
  }

  private static String page(String name) throws IOException {
    return Files.readString(DOCS.resolve(name));
  }
}
