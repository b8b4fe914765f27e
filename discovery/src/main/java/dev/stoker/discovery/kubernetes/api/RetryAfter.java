package dev.stoker.discovery.kubernetes.api;

import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;

/** Reads the header <code>Retry-After</code>: seconds or a date. */
final class RetryAfter {
  /** A longer pause would be an outage of its own. */
  static final Duration LONGEST = Duration.ofMinutes(5);

  private RetryAfter() {}

  /**
   * @param value null = no such header
   * @return zero = it does not say
   */
  static Duration of(@Nullable String value, Instant now) {
    String text = value == null ? "" : value.strip();
    if (text.isEmpty()) {
      return Duration.ZERO;
    }
    if (text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return text.length() > 9 ? LONGEST : bounded(Duration.ofSeconds(Long.parseLong(text)));
    }
    try {
      Instant until = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      return bounded(Duration.between(now, until));
    } catch (DateTimeParseException unreadable) {
      return Duration.ZERO;
    }
  }

  /** As the API server writes it into the details of a status; 0 = it does not say. */
  static Duration ofSeconds(long seconds) {
    return bounded(Duration.ofSeconds(seconds));
  }

  private static Duration bounded(Duration asked) {
    if (asked.isNegative()) {
      return Duration.ZERO;
    }
    return asked.compareTo(LONGEST) > 0 ? LONGEST : asked;
  }
}
