package dev.stoker.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.config.daemon.DaemonConfig;
import dev.stoker.config.source.SourceFiles;
import dev.stoker.schema.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files and folders as they come, good and bad. */
class ConfigFilesTest {
  private static final String GOOD =
      """
      pyroscope.scrape.s {
        targets = [ { "__address__" = "a:1" } ]
        forward_to = [ pyroscope.write.w.receiver ]
      }
      pyroscope.write.w { endpoint { url = "http://p:1" } }
      """;

  @TempDir private Path folder;

  @Test
  void missing_file_is_a_problem() {
    assertThat(problems(folder.resolve("none.conf")))
        .containsExactly(
            folder.resolve("none.conf")
                + ": "
                + folder.resolve("none.conf")
                + " does not exist; check the path");
  }

  @Test
  void folder_without_configs_is_a_problem() throws IOException {
    write("readme.txt", GOOD);
    write(".hidden.conf", GOOD);
    Files.createDirectory(folder.resolve("sub.conf"));

    assertThat(problems(folder)).singleElement().asString().contains("holds no *.conf file");
  }

  @Test
  void dangling_link_in_a_folder_does_not_count() throws IOException {
    write("a.conf", GOOD);
    Files.createSymbolicLink(folder.resolve("b.conf"), folder.resolve("gone"));

    assertThat(problems(folder)).isEmpty();
  }

  @Test
  void linked_file_is_read_as_a_mounted_config_map_is() throws IOException {
    Path data = Files.createDirectory(folder.resolve("..data"));
    Files.writeString(data.resolve("a.conf"), GOOD);
    Files.createSymbolicLink(folder.resolve("a.conf"), data.resolve("a.conf"));

    assertThat(problems(folder)).isEmpty();
  }

  @Test
  void device_is_not_read() {
    assertThat(problems(Path.of("/dev/zero"))).singleElement().asString().contains("regular file");
  }

  @Test
  void text_that_is_not_utf8_is_a_problem() throws IOException {
    Files.write(folder.resolve("a.conf"), new byte[] {'a', '\n', '=', (byte) 0xff, (byte) 0xfe});

    assertThat(problems(folder.resolve("a.conf")))
        .singleElement()
        .asString()
        .contains("a.conf:2: ", "is not UTF-8 text");
  }

  @Test
  void byte_order_mark_is_skipped() throws IOException {
    assertThat(problems(write("a.conf", "\uFEFF" + GOOD))).isEmpty();
  }

  @Test
  void windows_line_ends_are_fine_and_counted() throws IOException {
    Path file = write("a.conf", (GOOD + "colour = red\n").replace("\n", "\r\n"));

    assertThat(problems(file)).singleElement().asString().contains("a.conf:6:1: colour: unknown");
  }

  @Test
  void file_that_is_too_large_is_refused() throws IOException {
    Path file = write("a.conf", GOOD + "#".repeat(SourceFiles.MAX_BYTES));

    assertThat(problems(file)).singleElement().asString().contains("is larger than 2 MiB");
  }

  @Test
  void include_without_suffix_finds_the_conf_file() throws IOException {
    write("part.conf", GOOD);

    assertThat(problems(write("main.hocon", "include \"part\"\n"))).isEmpty();
  }

  @Test
  void includes_of_one_file_are_bounded() throws IOException {
    Path file = write("a.conf", GOOD + "include \"nope\"\n".repeat(5000));

    assertThat(problems(file)).hasSizeLessThan(300).anyMatch(p -> p.contains("more than 200"));
  }

  @Test
  void include_bomb_is_bounded() throws IOException {
    for (int i = 0; i < 12; i++) {
      write("f" + i + ".inc", ("include \"f" + (i + 1) + ".inc\"\n").repeat(100));
    }
    write("f12.inc", GOOD);

    assertThat(problems(write("a.conf", "include \"f0.inc\"\n"))).hasSizeLessThan(600).isNotEmpty();
  }

  @Test
  void file_that_two_others_include_is_no_duplicate() throws IOException {
    write("shared.conf", "pyroscope.write.w { endpoint { url = \"http://p:1\" } }\n");
    for (String name : List.of("a", "b")) {
      write(
          name + ".conf",
          "include \"shared.conf\"\npyroscope.scrape."
              + name
              + " { targets = [], forward_to = pyroscope.write.w.receiver }\n");
    }

    assertThat(problems(folder)).isEmpty();
  }

  @Test
  void settings_of_one_block_may_be_spread_over_files() throws IOException {
    write("a.conf", GOOD + "stoker.log.level = debug\n");
    write("b.conf", "stoker.log.format = json\n");

    DaemonConfig daemon = Fixtures.loaded(ConfigLoader.load(folder, Map.of())).daemon();
    assertThat(daemon.logLevel()).isEqualTo("debug");
    assertThat(daemon.jsonLog()).isTrue();
  }

  @Test
  void problems_are_sorted_by_file_and_line_and_bounded() throws IOException {
    StringBuilder text = new StringBuilder("pyroscope.scrape.s {\n");
    for (int i = 0; i < 2000; i++) {
      text.append("  unknown").append(i).append(" = 1\n");
    }
    List<Problem> problems =
        Fixtures.problems(ConfigLoader.load(write("a.conf", text + "}\n"), Map.of()));

    assertThat(problems).hasSize(501);
    assertThat(problems.subList(0, 500)).extracting(Problem::line).isSorted();
    assertThat(problems.get(500).message()).contains("more problems");
  }

  @Test
  void environment_is_text_and_never_shown_for_a_secret() throws IOException {
    Path file =
        write(
            "a.conf",
            GOOD + "pyroscope.write.w.endpoint { headers { X-A = ${TOKEN} }, h2c = ${H2C} }\n");

    assertThat(problems(file, Map.of("TOKEN", "hunter2\n", "H2C", "perhaps")))
        .hasSize(2)
        .anyMatch(problem -> problem.contains("must be true or false, but is \"perhaps\""))
        .noneMatch(problem -> problem.contains("hunter2"))
        .allMatch(problem -> problem.startsWith(file + ":"));
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private static List<String> problems(Path path) {
    return problems(path, Map.of());
  }

  private static List<String> problems(Path path, Map<String, String> env) {
    return Fixtures.problems(ConfigLoader.load(path, env)).stream().map(Problem::toString).toList();
  }
}
