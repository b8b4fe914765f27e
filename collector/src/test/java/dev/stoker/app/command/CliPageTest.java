package dev.stoker.app.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.app.Main;
import dev.stoker.app.flags.RunFlags;
import dev.stoker.app.run.Daemon;
import dev.stoker.app.run.HeapTarget;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * <code>docs/cli.md</code> has every command with its options and exit codes; its examples work.
 */
class CliPageTest {
  private static final Path ROOT = Path.of(System.getProperty("stoker.root", ".."));
  private static final Pattern SECTION = Pattern.compile("(?ms)^## ([a-z]+)\n(.*?)(?=^## |\\z)");
  private static final Pattern OPTION = Pattern.compile("(?m)^\\| (`-[^|]*`) \\|");
  private static final Pattern EXIT_CODE = Pattern.compile("(?m)^\\| `(\\d)` \\| (.*) \\|$");

  /** Language, name of a file, text. */
  private static final Pattern BLOCK = Pattern.compile("(?ms)^```(\\w+)(?: (\\S+))?\n(.*?)^```$");

  private static final Set<String> FOR_ALL = Set.of("--help", "--version");

  @TempDir Path folder;

  @Test
  void everyCommand_isDocumentedWithOptionsAndExitCodes_andNoOther() throws IOException {
    Map<String, CommandSpec> commands = new TreeMap<>();
    Main.commandLine()
        .getSubcommands()
        .forEach((name, command) -> commands.put(name, command.getCommandSpec()));
    Map<String, String> sections = sections();

    assertThat(new TreeSet<>(sections.keySet())).isEqualTo(commands.keySet());
    sections.forEach(
        (name, text) -> {
          CommandSpec command = java.util.Objects.requireNonNull(commands.get(name));
          assertThat(matches(OPTION, text).map(row -> row.group(1)))
              .as(name)
              .containsExactlyInAnyOrderElementsOf(options(command));
          Map<String, String> codes = new TreeMap<>();
          matches(EXIT_CODE, text).forEach(row -> codes.put(row.group(1), row.group(2)));
          assertThat(codes).as(name).isEqualTo(command.usageMessage().exitCodeList());
          command
              .positionalParameters()
              .forEach(
                  parameter ->
                      assertThat(text.toUpperCase(java.util.Locale.ROOT))
                          .as(name)
                          .contains(parameter.paramLabel().replaceAll("[<>]", "").toUpperCase()));
        });
  }

  private static List<String> options(CommandSpec command) {
    List<String> rows = new ArrayList<>();
    for (OptionSpec option : command.options()) {
      if (!FOR_ALL.contains(option.longestName())) {
        String value = option.arity().max() > 0 ? " " + option.paramLabel() : "";
        rows.add(
            option.names().length == 0
                ? ""
                : java.util.Arrays.stream(option.names())
                    .map(name -> "`" + name + value + "`")
                    .collect(Collectors.joining(", ")));
      }
    }
    return rows;
  }

  @Test
  void everyExample_works() throws Exception {
    int port = Daemon.freePort();
    try (HeapTarget target = new HeapTarget();
        Daemon daemon = new Daemon(config(port), port)) {
      Daemon.await("the start", () -> daemon.get("/-/healthy").status() == 200);
      Map<String, String> here = new LinkedHashMap<>();
      here.put("localhost:6060", target.address());
      here.put("127.0.0.1:12345", "127.0.0.1:" + port);
      here.put("data/stoker", folder.resolve("data").toString());
      int ran = 0;
      for (Map.Entry<String, String> section : sections().entrySet()) {
        ran += examples(section.getKey(), section.getValue(), here);
      }
      assertThat(ran).isGreaterThan(15);
    }
  }

  /** How many there were. */
  private int examples(String command, String text, Map<String, String> here) throws IOException {
    int ran = 0;
    String printed = "";
    for (MatchResult block : matches(BLOCK, text).toList()) {
      String body = block.group(3);
      if (block.group(2) != null) {
        Files.writeString(folder.resolve(block.group(2)), body);
      } else if (block.group(1).equals("text")) {
        assertThat(printed).isEqualTo(body);
      } else {
        for (String line : body.split("\n")) {
          printed = example(command, line, here);
          ran++;
        }
      }
    }
    return ran;
  }

  private String example(String command, String line, Map<String, String> here) throws IOException {
    String plain = line.replaceFirst("^STOKER_JAVA_OPTS=\\S+ ", "");
    InputStream in = System.in;
    try {
      Matcher piped = Pattern.compile("cat (\\S+) \\| (.*)").matcher(plain);
      if (piped.matches()) {
        System.setIn(new ByteArrayInputStream(Files.readAllBytes(ROOT.resolve(piped.group(1)))));
        plain = piped.group(2);
      }
      assertThat(plain).startsWith("stoker " + command);
      List<String> words = new ArrayList<>();
      for (String word : plain.split(" ")) {
        words.add(file(replaced(word, here)));
      }
      words.remove(0);
      if (command.equals("health") && words.size() == 1) {
        words.add("http://" + here.get("127.0.0.1:12345"));
      }
      if (command.equals("run")) {
        // It would run until a signal comes; e2e does that.
        RunFlags flags = RunFlags.read(words.subList(1, words.size()));
        assertThat(flags.problems()).as(line).isEmpty();
        new CommandLine(new Main())
            .parseArgs(
                java.util.stream.Stream.concat(
                        java.util.stream.Stream.of("run"), flags.words().stream())
                    .toArray(String[]::new));
        return "";
      }
      CommandLineTest.Ended ended = CommandLineTest.run(words.toArray(String[]::new));
      assertThat(ended.code()).as(line + ": " + ended.err()).isZero();
      return ended.out();
    } finally {
      System.setIn(in);
    }
  }

  private static String replaced(String word, Map<String, String> here) {
    String result = word;
    for (Map.Entry<String, String> entry : here.entrySet()) {
      result = result.replace(entry.getKey(), entry.getValue());
    }
    return result;
  }

  /** Files of the repository, and those that the page shows or that an example writes. */
  private String file(String word) {
    if (word.startsWith("config-examples/")) {
      assertThat(ROOT.resolve(word)).isRegularFile();
      return ROOT.resolve(word).toString();
    }
    return word.matches("[a-z]+\\.(conf|alloy|json|pb\\.gz)")
        ? folder.resolve(word).toString()
        : word;
  }

  @Test
  void theLaunchers_appendTheOptionsOfTheJvm() throws IOException {
    for (String launcher : List.of("stoker", "deploy/image/stoker")) {
      assertThat(Files.readString(ROOT.resolve(launcher)))
          .as(launcher)
          .contains("${STOKER_JAVA_OPTS:-} -jar", "MALLOC_ARENA_MAX:-1", "jvm-flags");
    }
    assertThat(ROOT.resolve("deploy/image/jvm-flags")).isRegularFile();
  }

  private static Map<String, String> sections() throws IOException {
    Map<String, String> sections = new LinkedHashMap<>();
    matches(SECTION, Files.readString(ROOT.resolve("docs/cli.md")))
        .forEach(section -> sections.put(section.group(1), section.group(2)));
    return sections;
  }

  private static java.util.stream.Stream<MatchResult> matches(Pattern pattern, String text) {
    return pattern.matcher(text).results();
  }

  private Path config(int port) throws IOException {
    return Files.writeString(
        folder.resolve("daemon.conf"),
        """
        pyroscope.scrape.s { targets = [], forward_to = [ pyroscope.write.w.receiver ] }
        pyroscope.write.w { endpoint { url = "http://127.0.0.1:9" } }
        stoker { http.listen = "127.0.0.1:PORT", storage.path = "FOLDER" }
        """
            .replace("PORT", "" + port)
            .replace("FOLDER", folder.resolve("data").toString()));
  }
}
