package dev.stoker.write.endpoint;

import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;

/** The header <code>Retry-After</code>: seconds, or a date. */
public final class RetryAfter {
  private static final Duration LONGEST = Duration.ofMinutes(5);

  /**
   * How long the server asks to wait: five minutes at most, so that a wrong clock or a hostile
   * header cannot stop delivery.
   *
   * @param header null = there is none
   * @param now by which a date is judged
   * @return milliseconds; 0 for a date that has passed; null when the header is missing or says
   *     nothing that can be understood
   */
  public static @Nullable Long millis(@Nullable String header, Instant now) {
    if (header == null) {
      return null;
    }
    String value = header.strip();
    Duration wait;
    if (value.matches("[0-9]{1,9}")) {
      wait = Duration.ofSeconds(Long.parseLong(value));
    } else {
      try {
        Instant date = ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
        wait = Duration.between(now, date);
      } catch (DateTimeParseException nonsense) {
        return null;
      }
    }
    return wait.isNegative() ? 0L : Math.min(wait.toMillis(), LONGEST.toMillis());
  }

  private RetryAfter() {}
}
