package dev.stoker.config.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.stoker.config.ConfigLoader;
import dev.stoker.config.LoadResult;
import dev.stoker.schema.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The line that is shown with a problem: its column, its caret, and what of it is hidden. */
class ExcerptTest {
  @TempDir Path folder;

  private List<Problem> problems(String name, String text) throws IOException {
    LoadResult result = ConfigLoader.load(Files.writeString(folder.resolve(name), text), Map.of());
    return result instanceof LoadResult.Loaded loaded
        ? loaded.warnings()
        : ((LoadResult.Failed) result).problems();
  }

  private Problem only(String name, String text) throws IOException {
    List<Problem> problems = problems(name, text);
    assertThat(problems).as("%s", problems).hasSize(1);
    return problems.get(0);
  }

  @Test
  void theCaret_isUnderTheValue_behindTabs() throws IOException {
    Problem problem = only("x.conf", "stoker.log {\n\t\tlevel = loud # why\n}\n" + GOOD);
    assertThat(problem.column()).isEqualTo(11);
    assertThat(problem.shown())
        .isEqualTo(problem + "\n  2 |         level = loud # …\n" + "    |                 ^");
    assertThat(problem.toString()).contains("x.conf:2:11: stoker.log.level: must be ");
  }

  @Test
  void theCaret_isUnderTheValue_behindWideCharacters() throws IOException {
    Problem problem = only("x.conf", "vars { 東京 = 1 }, stoker.log.level = loud\n" + GOOD);
    assertThat(problem.excerpt())
        .isEqualTo(
            "  1 | vars { 東京 = *** }, stoker.log.level = loud\n" + "    | " + " ".repeat(40) + "^");
  }

  private static final String GOOD =
      "pyroscope.scrape.s { targets = [ { \"__address__\" = \"a:1\" } ], forward_to ="
          + " pyroscope.write.w.receiver }\npyroscope.write.w { endpoint { url = \"http://p:1\" } }\n";

  @Test
  void ofALongLine_aWindowAroundTheCaretIsShown() throws IOException {
    String labels = "x = \"" + "y".repeat(500) + "\", ";
    Problem problem = only("x.conf", GOOD.replace("{ \"__", "{ " + labels + "\"a-b\" = 1, \"__"));
    String[] lines = problem.excerpt().split("\n");
    assertThat(lines[0]).startsWith("  1 | …yyy").contains("\"a-b\" = 1").endsWith("…");
    assertThat(lines[0].length()).isLessThan(125);
    assertThat(lines[0].substring(lines[1].indexOf('^'))).startsWith("\"a-b\"");
  }

  @Test
  void ofALineThatAProgramWrote_nothingIsShown() throws IOException {
    String labels = "x = \"" + "y".repeat(20_000) + "\", ";
    Problem problem = only("x.conf", GOOD.replace("{ \"__", "{ " + labels + "\"a-b\" = 1, \"__"));
    assertThat(problem.excerpt()).isEmpty();
    assertThat(problem.toString()).contains("x.conf:1: pyroscope");
  }

  @Test
  void terminalsGetNoControlCharacters() throws IOException {
    Problem problem = only("x.conf", GOOD.replace("\"a:1\"", "\"\"\"a:1\u001b[31m\u202e/\"\"\""));
    assertThat(problem.excerpt()).contains("a:1?[31m?/").doesNotContain("\u001b", "\u202e");
  }

  @Test
  void manyProblemsOfOneLine_haveTheirOwnPlaces() throws IOException {
    List<Problem> problems =
        problems("x.conf", GOOD.replace("url =", "nam = x, url = y, remote_timeout = z, url2 ="));
    assertThat(problems)
        .extracting(problem -> problem.path().replaceFirst(".*\\.", "") + " " + problem.column())
        .containsExactlyInAnyOrder("nam 32", "remote_timeout 67", "url 47", "url2 70");
  }

  @Test
  void inAFolderOfAlloyFiles_thePlaceIsInItsFile() throws IOException {
    Files.writeString(folder.resolve("a.alloy"), "\n\n");
    Problem problem =
        only(
            "b.alloy",
            "pyroscope.scrape \"s\" {\n  targets = []\n\n  forward_to = [pyroscope.write.no.receiver]\n}\n");
    LoadResult.Failed failed = (LoadResult.Failed) ConfigLoader.load(folder, Map.of());
    assertThat(failed.problems()).hasSize(1);
    assertThat(failed.problems().get(0).toString())
        .isEqualTo(problem.toString())
        .contains("b.alloy:4:17: ");
    assertThat(failed.problems().get(0).excerpt()).isEqualTo(problem.excerpt());
  }

  /** Each makes a problem in the line of a secret, or in one that is one by mistake. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "bearer_token = hunter2, oops = 1",
        "bearer_token = \"hunter2\", oops = 1",
        "bearer_tokn = hunter2",
        "basic_auth { username = u, password = hunter2, oops = 1 }",
        "basic_auth { username = u, passwrod = hunter2 }",
        "basic_auth { username = u, pw = hunter2 }",
        "basic_auth = \"u:hunter2\"",
        "basic_aut { username = u, x = 1, password = hunter2 }",
        "basic_auth {\n username = u, oops = 1, password = \"hunter2\" }",
        "basic_auth { username = u\n oops = hunter2 }",
        "http_headers { X-Key = hunter2, \"b d\" = 1 }",
        "http_headers { \"b d\" = [\n \"hunter2\", \"hunter2\" ] }",
        "headers { Authorization = \"Bearer hunter2\", \"b d\" = 1 }",
        "tls_config = hunter2",
        "tls_config { key_pem = \"\"\"hunter2\"\"\", oops = 1 }",
        "tls_config { key_pem = \"\"\"\nhunter2\"\"\", oops = 1 }",
        "oauth2 { client_id = x, client_secret = hunter2, oops = 1 }",
        "oauth2 { client_id = x, endpoint_params { a = hunter2, b = [] } }",
        "proxy_url = \"http://u:hunter2@p:1\", oops = 1",
        "proxy_url = \"u:hunter2@p:1\", oops = 1",
        "name = \"http://h/?api_token=hunter2&x=1\", oops = 1",
        "oops = 1 # was password = hunter2",
        "oops = 1 // hunter2",
        "password = hunter2\" }",
        "bearer_token \"hunter2\"",
        "bearer_token hunter2",
        "bearer_token = \"hunter2",
        "bearer_token = hunter2: 1",
        "bearer_token =\n hunter2: 1",
        "basic_auth { username = u\n pasword \"hunter2\" }",
        "basic_auth { username = u, password = \"hun\"ter2\" }\n x = [",
        "bearer_token = ${hunter2",
        "pw = hunter2",
        "db_pass = hunter2, oops = 1",
        "mine = hunter2",
        "mine { a = hunter2 }",
        "mine = [ hunter2, { b = hunter2 } ]",
        "pw hunter2",
        "proxy_url = \"u:hunter2==@p:1\", oops = 1",
        "proxy_url = \"https://u:x'hunter2@p:1\", oops = 1",
        "proxy_url = https://u:x'hunter2@p:1, oops = 1",
      })
  void noSecretIsShown(String arguments) throws IOException {
    String text = GOOD.replace("url = \"http://p:1\"", "url = \"http://p:1\", " + arguments);
    List<Problem> problems = problems("x.conf", text);
    assertThat(problems).isNotEmpty();
    assertThat(problems).extracting(Problem::shown).noneMatch(shown -> shown.contains("hunter2"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bearer_token = \"hunter2\"\n oops = 1",
        "bearer_token = \"hunter2\" oops = 1",
        "bearer_tokn = \"hunter2\"",
        "basic_auth = {username = \"u\", password = \"hunter2\"}",
        "basic_auth {\n username = \"u\"\n pasword = \"hunter2\"\n }",
        "basic_auth {\n password = `hunter2`\n x = 1\n }",
        "basic_auth {\n password = 'hunter2'\n }",
        "bearer_token = coalesce(sys.env(\"X\"), \"hunter2\", sys.oops())",
        "bearer_token = \"hunter2",
        "bearer_token \"hunter2\"",
        "headers = {\"Authorization\" = \"hunter2\", \"x\" = sys.oops()}",
        "proxy_url = \"http://u:hunter2@p\" + oops",
        "# bearer_token = \"hunter2\"",
        "oops = 1 // hunter2",
        "oops = 1 /* hunter2 */",
      })
  void noSecretIsShown_ofAlloysSyntax(String arguments) throws IOException {
    String text =
        "pyroscope.scrape \"s\" {\n targets = []\n forward_to = [pyroscope.write.w.receiver]\n}\n"
            + "pyroscope.write \"w\" {\n endpoint {\n url = \"http://p:1\"\n "
            + arguments
            + "\n }\n}\n";
    List<Problem> problems = problems("x.alloy", text);
    assertThat(problems).isNotEmpty();
    assertThat(problems).extracting(Problem::shown).noneMatch(shown -> shown.contains("hunter2"));
  }

  /** Each took minutes, or hours, at 500 KB. */
  @ParameterizedTest
  @ValueSource(strings = {"\"\"\"%s\"\"\" x", "```\n%s", "x = {%s", "\"\"\"%s\"\"\"\n%s\noops"})
  void aLongTextInTheWrongPlace_isReadOnce(String form) {
    String lines = "some words = ${ of, \"a\": {} }\n".repeat(20_000);
    String text = form.replace("%s", lines);
    assertTimeoutPreemptively(Duration.ofSeconds(20), () -> problems("x.conf", text));
    String one = form.replace("%s", lines.replace('\n', ' '));
    assertTimeoutPreemptively(Duration.ofSeconds(20), () -> problems("y.conf", one));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "vars.pw = { a = hunter2 }\n",
        "vars { x { pw = [ hunter2 ] } }, vars.pw = ${vars.x}\n",
        "vars.pw = 1, cloud_key = hunter2\n",
        "vars.pw = 1, cloud = hunter2\n",
        "vars.pw = 1\ncloud = hunter2\ncloud = hunter2\n",
        "vars.pw = 1, cloud { a = hunter2\n b = hunter2 }\n",
        "vars.pw = 1, stoker.http.bearer_token = hunter2, stoker.http.lisen = x\n",
        "vars.pw = 1, stoker.http.bearer_token = hunter2, stoker.http.bearer_token = hunter2\n",
        "vars.pw = 1, stoker.http.basic_auth { username = u, pw = hunter2 }\n",
        "vars.pw = 1, pyroscope.write.token = hunter2\n",
        "vars.pw = 1\ncloud = \"hunter2\n",
      })
  void aVariableMayHoldASecret(String vars) throws IOException {
    String text = vars + GOOD.replace("url =", "bearer_token = ${vars.pw}, url =");
    assertThat(problems("x.conf", text))
        .isNotEmpty()
        .extracting(Problem::shown)
        .noneMatch(shown -> shown.contains("hunter2"));
  }
}
