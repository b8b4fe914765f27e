package dev.stoker.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Small texts that stand for large ones. */
class ExpansionTest {
  private static final String RULE =
      "rules = [ { source_labels = [\"a\"], target_label = \"x\", replacement = ";

  @TempDir Path folder;

  private static String ten(String path) {
    return ("${" + path + "}").repeat(10);
  }

  /** Each line ten times the one before. */
  private static String chain(String prefix) {
    StringBuilder text = new StringBuilder("a = \"" + "x".repeat(1000) + "\"\n");
    for (char c = 'b'; c <= 'i'; c++) {
      text.append(c).append(" = ").append(ten(prefix + (char) (c - 1))).append('\n');
    }
    return text.toString();
  }

  static List<Arguments> bombs() {
    StringBuilder self = new StringBuilder("vars.a = \"" + "x".repeat(1000) + "\"\n");
    self.append("vars.a = ${vars.a}${vars.a}\n".repeat(30));
    String lists =
        chain("vars.").replace("\"" + "x".repeat(1000) + "\"", "[" + "1,".repeat(500) + "]");
    StringBuilder parts = new StringBuilder("vars.base { m0 = \"" + "x".repeat(1000) + "\" }\n");
    parts.append("vars.o = ${vars.base} {\n");
    for (int i = 1; i < 9; i++) {
      parts.append("m" + i + " = " + ten("vars.o.m" + (i - 1)) + "\n");
    }
    StringBuilder mutual = new StringBuilder("vars.base { k = \"" + "x".repeat(1000) + "\" }\n");
    mutual.append("vars.a = ${vars.base} {");
    for (int i = 0; i < 8; i++) {
      mutual.append(" m" + i + " = " + ten(i == 0 ? "vars.base.k" : "vars.b.m" + (i - 1)) + "\n");
    }
    mutual.append("}\nvars.b = ${vars.base} {");
    for (int i = 0; i < 8; i++) {
      mutual.append(" m" + i + " = " + ten("vars.a.m" + i) + "\n");
    }
    return List.of(
        Arguments.of("chain", "vars {\n" + chain("vars.") + "}\n"),
        Arguments.of("former values", self.toString()),
        Arguments.of("lists", "vars {\n" + lists + "}\n"),
        Arguments.of("parts of one object", parts + "}\n"),
        Arguments.of("two objects", mutual + "}\n"),
        Arguments.of("environment", "vars.a = " + "${LONG}".repeat(1000) + "\n"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("bombs")
  void aSubstitutionBomb_isAnErrorWithItsReason(String name, String text) throws IOException {
    Path file = Files.writeString(folder.resolve("a.conf"), text + "pyroscope.scrape.s {}\n");
    Map<String, String> env = Map.of("LONG", "x".repeat(100_000));

    assertThat(Fixtures.problems(ConfigLoader.load(file, env)))
        .singleElement()
        .satisfies(problem -> assertThat(problem.message()).contains("repeat less"));
    Path rules = Files.writeString(folder.resolve("r.conf"), text + "rules = []\n");
    assertThat(RulesFile.load(rules, env).problems())
        .singleElement()
        .satisfies(problem -> assertThat(problem.message()).contains("repeat less"));
  }

  @Test
  void aBombThatIsIncludedBelowAPath_isAnError() throws IOException {
    Files.writeString(
        folder.resolve("i.inc"), "m1 = " + ten("vars.k") + "\nm2 = " + ten("vars.m1") + "\n");
    Files.writeString(folder.resolve("j.inc"), "m3 = " + ten("in.vars.m2") + "\n");
    Path file =
        Files.writeString(
            folder.resolve("a.conf"),
            "vars { k = \""
                + "x".repeat(10_000)
                + "\", in { include \"i.inc\" } }\n"
                + "vars.m4 = "
                + "${vars.in.m1}".repeat(100)
                + "\n");

    assertThat(Fixtures.problems(ConfigLoader.load(file, Map.of())))
        .anySatisfy(problem -> assertThat(problem.message()).contains("repeat less"));
  }

  @Test
  void usualSubstitutions_areLetThrough() throws IOException {
    StringBuilder text =
        new StringBuilder(
            "vars { host = h, port = 1, url = \"http://\"${vars.host}\":\"${vars.port} }\n"
                + "vars.base { scrape_interval = 5s, scrape_timeout = 4s }\n"
                + "vars.labels = { team = x }\nvars.labels = ${vars.labels} { env = y }\n");
    for (int i = 0; i < 50; i++) {
      text.append("pyroscope.scrape.s" + i + " = ${vars.base} { forward_to = [")
          .append("pyroscope.write.w.receiver], targets = [ ${vars.labels} { ")
          .append("\"__address__\" = ${vars.host}\":\"${vars.port} } ] }\n");
    }
    text.append("pyroscope.write.w { endpoint { url = ${vars.url}${?NONE} } }\n");
    Path file = Files.writeString(folder.resolve("a.conf"), text);

    assertThat(Fixtures.problems(ConfigLoader.load(file, Map.of()))).isEmpty();
  }

  @Test
  void theLab_substitutesNothing() {
    for (String text :
        List.of(
            chain("") + RULE + "${i} } ]",
            RULE + "${PATH} } ]",
            RULE + "x } ]\nrules += {}",
            RULE + "x${?PATH} } ]",
            "rules = ${?rules} []")) {
      RulesFile.Result result = RulesFile.parse(text);
      assertThat(result.rules()).isEmpty();
      assertThat(result.problems())
          .isNotEmpty()
          .allSatisfy(problem -> assertThat(problem.message()).contains("write the value out"));
    }
    assertThat(RulesFile.parse(RULE + "\"$1-${1}\" } ]").problems()).isEmpty();
  }

  @Test
  void manyLargeRegexes_areRefusedTogether() {
    String rule = "{source_labels=[a],action=keep,regex=\"(?:.{1000}){15}\"},";

    assertThat(RulesFile.parse("rules=[" + rule.repeat(600) + "]").problems())
        .singleElement()
        .satisfies(problem -> assertThat(problem.message()).contains("too large together"));
    StringBuilder all = new StringBuilder();
    for (int i = 0; i < 60_000; i++) {
      all.append("w").append(i).append('|');
    }
    String large = "{source_labels=[a],action=keep,regex=\"" + all + "end\"},";
    assertThat(RulesFile.parse("rules=[" + large + "]").problems()).isEmpty();
    assertThat(RulesFile.parse("rules=[" + large + large + "]").problems())
        .as("the last one counts too")
        .singleElement()
        .satisfies(problem -> assertThat(problem.message()).contains("too large together"));
    String words = "{source_labels=[a],action=keep,regex=\"" + "(0|1)".repeat(9) + "\"},";
    assertThat(RulesFile.parse("rules=[" + words.repeat(500) + "]").problems()).isNotEmpty();
    assertThat(RulesFile.parse("rules=[" + words.repeat(5) + "]").problems()).isEmpty();
  }

  /** The parser's message quotes the token, and an expression looked for its end by recursion. */
  @Test
  void aLongTokenInAnError_isNoProblem() {
    assertThat(RulesFile.parse("rules = [ } " + "'x".repeat(15_000)).problems()).isNotEmpty();
  }
}
