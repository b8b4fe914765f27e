package dev.stoker.write.pyroscope;

import dev.stoker.write.endpoint.Endpoint;
import dev.stoker.write.endpoint.SendResult;
import dev.stoker.write.endpoint.SendResult.Kind;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;

/**
 * What a status means. Pyroscope answers 500 for a broken profile and 429 for one over its burst
 * size too, so those two say nothing final about the endpoint; see {@link Endpoint}.
 */
final class RetryTable {
  private static final Duration LONGEST_RETRY_AFTER = Duration.ofMinutes(5);

  /**
   * @param answer excerpt of the body, for the error text
   * @param retryAfter header value or null: seconds or an HTTP date
   * @param retry429 false = a 429 drops the profile
   */
  static SendResult of(
      int status, String answer, @Nullable String retryAfter, boolean retry429, Instant now) {
    String text = status + (answer.isEmpty() ? "" : " " + answer);
    if (status >= 200 && status < 300) {
      return new SendResult.Accepted();
    }
    return switch (status) {
      case 401, 403, 404 -> new SendResult.Retryable(Kind.MISCONFIGURED, text, null);
      case 408 -> new SendResult.Retryable(Kind.UNAVAILABLE, text, null);
      case 429 ->
          retry429
              ? new SendResult.Retryable(Kind.THROTTLED, text, millis(retryAfter, now))
              : new SendResult.Rejected(text);
      // Connect's "unimplemented": the server does not understand the request and never will.
      case 501 -> new SendResult.Rejected(text);
      default -> {
        if (status >= 500) {
          yield new SendResult.Retryable(Kind.UNAVAILABLE, text, millis(retryAfter, now));
        }
        if (status >= 300 && status < 400) {
          yield new SendResult.Retryable(
              Kind.MISCONFIGURED, text + " (a redirect: set url to where it leads)", null);
        }
        if (status < 200) {
          yield new SendResult.Retryable(
              Kind.MISCONFIGURED, text + " (no answer to a request: is a proxy in between?)", null);
        }
        yield new SendResult.Rejected(text);
      }
    };
  }

  /** Bounded, so that a wrong clock or a hostile header can't stop delivery. */
  private static @Nullable Long millis(@Nullable String retryAfter, Instant now) {
    if (retryAfter == null) {
      return null;
    }
    String value = retryAfter.strip();
    Duration wait;
    if (value.matches("[0-9]{1,9}")) {
      wait = Duration.ofSeconds(Long.parseLong(value));
    } else {
      try {
        wait =
            Duration.between(
                now, ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
      } catch (DateTimeParseException nonsense) {
        return null;
      }
    }
    if (wait.isNegative()) {
      return 0L;
    }
    return Math.min(wait.toMillis(), LONGEST_RETRY_AFTER.toMillis());
  }

  private RetryTable() {}
}
