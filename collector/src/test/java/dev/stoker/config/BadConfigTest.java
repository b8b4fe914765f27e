package dev.stoker.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.schema.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each <code>*.bad.conf</code> (and each file in a <code>*.bad</code> folder) begins with what must
 * be reported for it: <code># error: [line:] text</code>. All of it, and nothing else.
 */
class BadConfigTest {
  private static final Pattern EXPECTED = Pattern.compile("# error: (?:(\\d+): )?(.*)");
  private static final String SECRET = "hunter2";

  private record Expected(Path file, int line, String text) {
    /** Line 0 = any line. */
    boolean matches(Problem problem) {
      return problem.file().equals(file.toString())
          && (line == 0 || problem.line() == line)
          && problem.toString().contains(text);
    }
  }

  static List<Path> cases() {
    return Fixtures.entries(Fixtures.FOLDER.resolve("bad"), ".bad.conf", ".bad");
  }

  @ParameterizedTest
  @MethodSource("cases")
  void every_problem_is_reported_with_its_line_and_nothing_else(Path config) throws IOException {
    List<Expected> expected = expected(config);
    LoadResult result = ConfigLoader.load(config, Map.of());

    assertThat(expected).isNotEmpty();
    List<Problem> problems = Fixtures.problems(result);
    assertThat(expected)
        .allSatisfy(each -> assertThat(problems).as("%s", each).anyMatch(each::matches));
    assertThat(problems)
        .hasSize(expected.size())
        .allSatisfy(
            problem -> assertThat(expected).as("%s", problem).anyMatch(e -> e.matches(problem)));
    assertThat(problems.toString()).doesNotContain(SECRET);
    assertThat(problems).extracting(Problem::shown).noneMatch(shown -> shown.contains(SECRET));
  }

  @Test
  void fixtures_are_at_least_sixty() {
    assertThat(cases()).hasSizeGreaterThanOrEqualTo(60);
  }

  private static List<Expected> expected(Path config) throws IOException {
    List<Expected> expected = new ArrayList<>();
    try (Stream<Path> files = Files.walk(config)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        for (String line : Fixtures.text(file).lines().toList()) {
          Matcher matcher = EXPECTED.matcher(line);
          if (!matcher.matches()) {
            break;
          }
          String number = matcher.group(1);
          expected.add(
              new Expected(file, number == null ? 0 : Integer.parseInt(number), matcher.group(2)));
        }
      }
    }
    return expected;
  }
}
