package dev.stoker.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.discovery.TargetSource;
import dev.stoker.labels.Labels;
import dev.stoker.schema.Problem;
import dev.stoker.scrape.target.ProfileType;
import dev.stoker.scrape.target.ScrapeConfig;
import dev.stoker.write.http.WriteConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ConfigLoaderTest {
  private static final Path ROOT = Path.of(System.getProperty("stoker.root", ".."));
  private static final Path FIXTURES = Path.of("src/test/resources/dev/stoker/config");

  @TempDir private Path folder = Path.of("");

  static Stream<Path> examples() throws IOException {
    return Files.list(ROOT.resolve("config-examples")).filter(f -> f.toString().endsWith(".conf"));
  }

  static Stream<Path> badFixtures() throws IOException {
    return Files.list(FIXTURES).filter(f -> f.toString().endsWith(".bad.conf")).sorted();
  }

  @ParameterizedTest
  @MethodSource("examples")
  void example_hasNoProblems(Path example) {
    assertThat(ConfigLoader.load(example)).isInstanceOf(LoadResult.Loaded.class);
  }

  /** First lines: <code># error: LINE: text</code>, all of which must be reported. */
  @ParameterizedTest
  @MethodSource("badFixtures")
  void badConfig_saysWhatAndWhere(Path fixture) throws IOException {
    List<String> expected =
        Files.readAllLines(fixture).stream()
            .filter(line -> line.startsWith("# error: "))
            .map(line -> line.substring("# error: ".length()))
            .toList();
    assertThat(expected).isNotEmpty();
    LoadResult result = ConfigLoader.load(fixture);
    assertThat(result).isInstanceOf(LoadResult.Failed.class);
    List<String> problems =
        ((LoadResult.Failed) result)
            .problems().stream().map(p -> p.line() + ": " + p.path() + ": " + p.message()).toList();
    for (String text : expected) {
      int colon = text.indexOf(": ");
      assertThat(problems)
          .anyMatch(
              p ->
                  p.startsWith(text.substring(0, colon + 2))
                      && p.contains(text.substring(colon + 2)));
    }
  }

  @Test
  void golangPull_isReadFieldByField() {
    LoadResult.Loaded loaded =
        (LoadResult.Loaded) ConfigLoader.load(ROOT.resolve("config-examples/golang-pull.conf"));
    assertThat(loaded.warnings()).isEmpty();
    ScrapeConfig scrape = loaded.config().all(ScrapeConfig.class).get(0);
    assertThat(scrape.component()).isEqualTo("pyroscope.scrape.default");
    assertThat(scrape.targets())
        .containsExactly(
            new TargetSource.Literal(
                Labels.of("__address__", "app-pull:6060", "service_name", "pull.golang.app")));
    assertThat(scrape.timing().interval()).isEqualTo(Duration.ofSeconds(15));
    assertThat(scrape.timing().seconds()).isEqualTo(14);
    assertThat(scrape.profileTypes())
        .extracting(ProfileType::key)
        .containsExactlyInAnyOrder("process_cpu", "memory", "goroutine", "mutex", "block");
    assertThat(scrape.forwardTo()).containsExactly("pyroscope.write.endpoint");
    assertThat(loaded.config().all(WriteConfig.class).get(0).endpoints().get(0).url())
        .hasToString("http://pyroscope:4040");
  }

  @Test
  void sameComponentInTwoFiles_isAnError() throws IOException {
    String scrape =
        "pyroscope.scrape.a { targets = [], forward_to = [ pyroscope.write.w.receiver ] }\n";
    Files.writeString(
        folder.resolve("1.conf"),
        scrape + "pyroscope.write.w { endpoint { url = \"http://x:1\" } }");
    Files.writeString(folder.resolve("2.conf"), scrape);
    assertThat(failure(folder))
        .anyMatch(
            p ->
                p.contains("2.conf:1:20: pyroscope.scrape.a: is defined in")
                    || p.contains("1.conf:1:20: pyroscope.scrape.a: is defined in"));
  }

  @Test
  void includes_missingCircularAndOnce() throws IOException {
    Path main = folder.resolve("main.conf");
    Files.writeString(main, "\ninclude \"gone.conf\"\n");
    assertThat(failure(main))
        .anyMatch(p -> p.contains("main.conf:2: included file \"gone.conf\" does not exist"));
    Files.writeString(main, "include \"b.conf\"\n");
    Files.writeString(folder.resolve("b.conf"), "include \"main.conf\"\n");
    assertThat(failure(main)).anyMatch(p -> p.contains("include cycle"));
    Files.writeString(
        folder.resolve("b.conf"),
        "pyroscope.scrape.a { targets = [], forward_to = [ pyroscope.write.w.receiver ] }, pyroscope.write.w { endpoint { url = \"http://x:1\" } }");
    assertThat(ConfigLoader.load(folder)).isInstanceOf(LoadResult.Loaded.class);
  }

  @Test
  void missingFileAndEmptyFolder_areProblems() {
    assertThat(failure(folder.resolve("none.conf"))).anyMatch(p -> p.contains("does not exist"));
    assertThat(failure(folder)).anyMatch(p -> p.contains("holds no *.conf file"));
  }

  private static List<String> failure(Path source) {
    return ((LoadResult.Failed) ConfigLoader.load(source))
        .problems().stream().map(Problem::toString).toList();
  }
}
