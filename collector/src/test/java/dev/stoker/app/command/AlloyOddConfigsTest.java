package dev.stoker.app.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.config.AlloyFile;
import dev.stoker.config.ConfigLoader;
import dev.stoker.config.LoadResult;
import dev.stoker.schema.Problem;
import dev.stoker.scrape.target.ScrapeConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is unusual in an Alloy config means what it means there, or is an error that says why. */
class AlloyOddConfigsTest {
  @TempDir Path folder;

  @Test
  void aKeyThatIsTwiceInAnObject_hasItsLastValue_andANoteSaysSo() throws IOException {
    LoadResult.Loaded loaded = loaded("{\"__address__\" = \"a:1\", \"v\" = \"1\", \"v\" = \"2\"}");

    assertThat(scrape(loaded)).contains("v=\"2\"").doesNotContain("v=\"1\"");
    assertThat(messages(loaded.notes())).anySatisfy(n -> assertThat(n).contains("given twice"));
  }

  @Test
  void anExport_mayBeNamedByAnIndex() throws IOException {
    LoadResult.Loaded loaded = loadedTargets("discovery.file.a[\"targets\"]");

    assertThat(scrape(loaded)).contains("discovery.file.a");
  }

  @Test
  void oneUrlUnderTwoLabelSets_isScrapedOnce_andAWarningNamesTheOther() throws IOException {
    LoadResult.Loaded loaded =
        loadedTargets(
            "[{\"__address__\" = \"a:1\", \"c\" = \"1\"}, {\"__address__\" = \"a:1\", \"c\" = \"2\"}]");

    assertThat(messages(loaded.warnings()))
        .anySatisfy(w -> assertThat(w).contains("is scraped already for the target", "c=\"1\""));
  }

  /** What is written down runs elsewhere, where the variable may have another value. */
  @Test
  void aFunctionOfAVariable_isWorkedOutWhereTheConfigRuns_andIsAnErrorWhereItIsConverted()
      throws IOException {
    String target = "{\"__address__\" = \"a:1\", \"v\" = string.to_lower(sys.env(\"V\"))}";

    assertThat(scrape(loaded(target))).contains("v=\"x\"");
    assertThat(messages(AlloyFile.convert(folder.resolve("odd.alloy")).problems()))
        .anySatisfy(p -> assertThat(p).contains("depends on an environment variable"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "json_path(`{}`, \".a\")[0] | the list has no element 0",
        "string.to_uper(\"a\") | there is no function string.to_uper; did you mean string.to_upper?",
      })
  void whatCannotBeComputed_isAnErrorThatSaysWhy(String value, String message) throws IOException {
    assertThat(problems("{\"__address__\" = \"a:1\", \"v\" = " + value + "}"))
        .anySatisfy(problem -> assertThat(problem).contains(message));
  }

  @Test
  void aLabelNameThatIsNone_isAnErrorWithItsRule() throws IOException {
    assertThat(problems("{__address__ = \"a:1\", größe = \"x\"}"))
        .containsExactly("is no valid label name; use letters, digits, _ and . only");
  }

  private List<String> problems(String target) throws IOException {
    LoadResult result = load("[" + target + "]");
    assertThat(result).isInstanceOf(LoadResult.Failed.class);
    return messages(((LoadResult.Failed) result).problems());
  }

  private LoadResult.Loaded loaded(String target) throws IOException {
    return loadedTargets("[" + target + "]");
  }

  private LoadResult.Loaded loadedTargets(String targets) throws IOException {
    LoadResult result = load(targets);
    assertThat(result).as(result.toString()).isInstanceOf(LoadResult.Loaded.class);
    return (LoadResult.Loaded) result;
  }

  private LoadResult load(String targets) throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("odd.alloy"),
            """
            discovery.file "a" {
              files = ["FOLDER/*.json"]
            }
            pyroscope.scrape "s" {
              targets    = TARGETS
              forward_to = [pyroscope.write.w.receiver]
            }
            pyroscope.write "w" {
              endpoint {
                url = "http://127.0.0.1:9"
              }
            }
            """
                .replace("FOLDER", folder.toString())
                .replace("TARGETS", targets));
    return ConfigLoader.load(file, Map.of("V", "X"));
  }

  private static String scrape(LoadResult.Loaded loaded) {
    return loaded.config().all(ScrapeConfig.class).get(0).targets().toString();
  }

  private static List<String> messages(List<Problem> problems) {
    return problems.stream().map(Problem::message).toList();
  }
}
