package dev.stoker.app.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.components.ComponentKinds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Beginners' mistakes, one a file: what <code>validate</code> says of each names the place and what
 * to write. The answers are in <code>expected.txt</code>, under <code>=== FILE exit CODE</code>.
 */
class ConfigMistakesTest {
  private static final Path FOLDER =
      Path.of(System.getProperty("stoker.root", ".."))
          .resolve("collector/src/test/resources/dev/stoker/mistakes");

  /** Exit code and text, by name of the file. */
  private static Map<String, String> expected() throws IOException {
    Map<String, String> expected = new TreeMap<>();
    String discoveries =
        ComponentKinds.BY_NAME.keySet().stream()
            .filter(kind -> kind.startsWith("discovery."))
            .sorted()
            .collect(Collectors.joining(", "));
    for (String part : Files.readString(FOLDER.resolve("expected.txt")).split("(?m)^=== ", -1)) {
      int space = part.indexOf(' ');
      if (space > 0) {
        expected.put(
            part.substring(0, space),
            part.substring(space + 1).replace("DISCOVERIES", discoveries));
      }
    }
    return expected;
  }

  static List<String> mistakes() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files
          .map(file -> String.valueOf(file.getFileName()))
          .filter(name -> !name.endsWith(".txt"))
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void eachMistake_isAnsweredWithItsPlaceAndWhatToWrite(String name) throws IOException {
    CommandLineTest.Ended ended = CommandLineTest.run("validate", FOLDER.resolve(name).toString());
    assertThat("exit " + ended.code() + "\n" + ended.err().replace(FOLDER + "/", ""))
        .isEqualTo(expected().get(name));
    assertThat(ended.out()).isEmpty();
  }

  @Test
  void thereAreEightyTwo() throws IOException {
    assertThat(mistakes()).hasSize(82).containsExactlyElementsOf(expected().keySet());
    assertThat(System.getenv()).doesNotContainKeys("PYRO", "PYRO_URL_NOT_SET");
  }
}
