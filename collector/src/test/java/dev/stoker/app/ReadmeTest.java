package dev.stoker.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.component.Component;
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
import picocli.CommandLine;

/** What the README shows works as it stands. The first command itself is run by e2e/browser. */
class ReadmeTest {
  private static final Path ROOT = Path.of(System.getProperty("stoker.root", ".."));
  private static final Pattern HOCON = Pattern.compile("```hocon\n(.*?)```", Pattern.DOTALL);
  private static final Pattern COMMAND = Pattern.compile("\\./stoker ([a-z]+)( [^`\\n]*)?");
  private static final Pattern LINK = Pattern.compile("\\]\\((?!http)([^)#]+)");

  @TempDir Path folder;

  @Test
  void configIsTheExampleThatItNames() throws IOException {
    List<String> blocks = matches(HOCON).map(match -> match.group(1)).toList();
    assertThat(blocks).hasSize(1);
    Path file = Files.writeString(folder.resolve("readme.conf"), blocks.get(0));

    assertThat(components(file))
        .isEqualTo(components(ROOT.resolve("config-examples/golang-pull.conf")));
  }

  @Test
  void everyCommandExists_andSoDoItsFiles() throws IOException {
    CommandLine stoker = new CommandLine(new Main());
    List<MatchResult> commands = matches(COMMAND).toList();
    assertThat(commands).hasSizeGreaterThan(3);
    for (MatchResult command : commands) {
      assertThat(stoker.getSubcommands()).containsKey(command.group(1));
      String arguments = command.group(2) == null ? "" : command.group(2).strip();
      if (arguments.endsWith(".conf")) {
        assertThat(ROOT.resolve(arguments)).isRegularFile();
      }
    }
  }

  @Test
  void everyLinkedFileExists() throws IOException {
    for (MatchResult link : matches(LINK).toList()) {
      assertThat(ROOT.resolve(link.group(1))).exists();
    }
  }

  private static List<Object> components(Path file) {
    LoadResult result = ConfigLoader.load(file);
    assertThat(result).isInstanceOf(LoadResult.Loaded.class);
    return ((LoadResult.Loaded) result)
        .config().components().stream().<Object>map(Component::config).toList();
  }

  private static java.util.stream.Stream<MatchResult> matches(Pattern pattern) throws IOException {
    return pattern.matcher(Files.readString(ROOT.resolve("README.md"))).results();
  }
}
