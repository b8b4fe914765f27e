package dev.stoker.app.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.config.ConfigLoader;
import dev.stoker.config.LoadResult;
import dev.stoker.schema.Problem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code stoker validate} says of files of secrets and of targets that are never scraped. */
class CredentialCheckTest {
  @TempDir Path folder;

  private static final String CONFIG =
      """
      pyroscope.scrape.s {
        targets = [ { "__address__" = "h:1" } ]
        bearer_token_file = "TOKEN"
        forward_to = [ pyroscope.write.w.receiver ]
      }
      pyroscope.write.w { endpoint { url = "http://p:1", basic_auth { username = u, password_file = "TOKEN" } } }
      stoker.http.bearer_token_file = "TOKEN"
      """;

  @ParameterizedTest
  @ValueSource(strings = {"", "missing", "good"})
  void validate_saysWhatRunWarnsOf(String content) throws Exception {
    Path token = folder.resolve("token");
    if (!content.equals("missing")) {
      Files.writeString(token, content);
    }
    Path file =
        Files.writeString(folder.resolve("a.conf"), CONFIG.replace("TOKEN", token.toString()));
    LoadResult.Loaded loaded = (LoadResult.Loaded) ConfigLoader.load(file);
    List<String> problems =
        CredentialCheck.problems(loaded.config()).stream().map(Problem::toString).toList();

    if (content.equals("good")) {
      assertThat(problems).isEmpty();
    } else {
      assertThat(problems)
          .hasSize(3)
          .allSatisfy(problem -> assertThat(problem).contains(token.toString()))
          .anySatisfy(problem -> assertThat(problem).contains("a.conf:1: pyroscope.scrape.s:"))
          .anySatisfy(problem -> assertThat(problem).contains("a.conf:6: pyroscope.write.w:"))
          .anySatisfy(problem -> assertThat(problem).contains("the daemon does not start"));
    }
  }

  @Test
  void staticTargetsThatAreNeverScraped_areNamed() throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("a.conf"),
            """
            pyroscope.scrape.x { targets = [ {"__address__"="proxy/my_service"}, {"__address__"="http://h:1"},
                {"__address__"="h:99999"}, {"__address__"="fd00::1:9991"}, {"__address__"="good:1"},
                {"__address__"="good:1"} ], forward_to = [ pyroscope.write.s.receiver ] }
            pyroscope.write.s { endpoint { url = "http://127.0.0.1:1" } }
            """);
    List<Problem> warnings = ((LoadResult.Loaded) ConfigLoader.load(file)).warnings();

    for (String bad : List.of("proxy/my_service", "http://h:1", "h:99999", "fd00::1:9991")) {
      assertThat(warnings)
          .anySatisfy(
              warning ->
                  assertThat(warning.toString())
                      .contains(
                          "a.conf:1:32: pyroscope.scrape.x.targets", "\"" + bad + "\"", "never"));
    }
    assertThat(warnings)
        .anySatisfy(
            warning -> assertThat(warning.toString()).contains("\"good:1\" is listed twice"));
  }
}
