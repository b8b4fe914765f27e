package dev.stoker.discovery.kubernetes.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryAfterTest {
  @ParameterizedTest
  @CsvSource({
    "5, 5",
    "0, 0",
    "' 12 ', 12",
    "299, 299",
    "3600, 300",
    "99999999999999999999, 300",
    "'Wed, 21 Oct 2015 07:28:30 GMT', 30",
    "'Wed, 21 Oct 2015 09:28:00 GMT', 300",
    "'Wed, 21 Oct 2015 07:27:00 GMT', 0",
    "-5, 0",
    "soon, 0",
    "'', 0",
  })
  void secondsOrADate_areBounded(String header, long seconds) {
    assertThat(RetryAfter.of(header, Instant.parse("2015-10-21T07:28:00Z")))
        .isEqualTo(Duration.ofSeconds(seconds));
  }
}
