package dev.stoker.write.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.write.endpoint.SendResult;
import dev.stoker.write.endpoint.SendResult.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryTableTest {
  private static final Instant NOW = Instant.parse("2026-11-24T00:00:00Z");

  @ParameterizedTest
  @CsvSource({
    "401, MISCONFIGURED", "403, MISCONFIGURED", "404, MISCONFIGURED", "302, MISCONFIGURED",
    "408, UNAVAILABLE", "500, UNAVAILABLE", "502, UNAVAILABLE", "503, UNAVAILABLE",
    "504, UNAVAILABLE", "429, THROTTLED"
  })
  void retried(int status, Kind kind) {
    assertThat(RetryTable.of(status, "why", null, true, NOW))
        .isEqualTo(
            new SendResult.Retryable(
                kind,
                status == 302 ? "302 why (a redirect: set url to where it leads)" : status + " why",
                null));
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 405, 413, 415, 422, 501})
  void rejected(int status) {
    assertThat(RetryTable.of(status, "", null, true, NOW))
        .isEqualTo(new SendResult.Rejected("" + status));
  }

  @Test
  void tooMany_isRejectedWhenSoConfigured() {
    assertThat(RetryTable.of(429, "", null, false, NOW)).isInstanceOf(SendResult.Rejected.class);
  }

  /** One table says it for users: docs/configuration.md. */
  @Test
  void everyStatus_isInTheDocumentedTable() throws IOException {
    List<String[]> rows = documented();
    assertThat(rows).hasSizeGreaterThan(6);
    for (int status = 100; status < 600; status++) {
      String state = state(RetryTable.of(status, "", null, true, NOW));
      assertThat(row(rows, status)[3]).as("%d", status).contains(state);
    }
  }

  private static String state(SendResult result) {
    if (result instanceof SendResult.Retryable retryable) {
      return switch (retryable.kind()) {
        case UNAVAILABLE, UNREACHABLE -> "`down`";
        case THROTTLED -> "`throttled`";
        case MISCONFIGURED -> "`failing`";
      };
    }
    return result instanceof SendResult.Accepted ? "`healthy`" : "`rejecting`";
  }

  /** The row that names the status, or else the one that has all of its hundred. */
  private static String[] row(List<String[]> rows, int status) {
    return Stream.of("\\b" + status + "\\b", "\\b" + status / 100 + "xx\\b")
        .map(Pattern::compile)
        .flatMap(
            wanted ->
                rows.stream()
                    .filter(row -> wanted.matcher(row[1].replaceAll("except \\d+", "")).find()))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no row for " + status));
  }

  private static List<String[]> documented() throws IOException {
    String text =
        Files.readString(
            Path.of(System.getProperty("stoker.root", "..")).resolve("docs/configuration.md"));
    String table = text.substring(text.indexOf("| the server answers |"));
    return table
        .lines()
        .takeWhile(line -> line.startsWith("|"))
        .skip(2)
        .map(line -> line.split(" \\| |^\\| | \\|$"))
        .toList();
  }

  @ParameterizedTest
  @CsvSource({
    "3, 3000",
    "0, 0",
    "99999, 300000",
    "'Tue, 24 Nov 2026 00:00:05 GMT', 5000",
    "'Mon, 23 Nov 2026 00:00:05 GMT', 0"
  })
  void retryAfter_isSecondsOrADate_bounded(String header, long millis) {
    assertThat(RetryTable.of(429, "", header, true, NOW))
        .isEqualTo(new SendResult.Retryable(Kind.THROTTLED, "429", millis));
  }
}
