package dev.stoker.write.http;

import dev.stoker.write.endpoint.RetryAfter;
import dev.stoker.write.endpoint.SendResult;
import dev.stoker.write.endpoint.SendResult.Kind;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What each status of a push means. Nothing else decides it: what takes the answers of a protocol
 * asks this table, and {@link Kind} says what follows.
 *
 * <pre>
 * status           means           the profile is
 * 2xx              accepted        delivered
 * 401, 403, 404    misconfigured   tried again
 * 408              unavailable     tried again
 * 429              throttled       tried again; dropped where retry_on_http_429 = false
 * 501              rejected        dropped
 * any other 5xx    unavailable     tried again
 * 3xx              misconfigured   tried again
 * below 200        misconfigured   tried again
 * any other 4xx    rejected        dropped
 * </pre>
 *
 * Pyroscope also answers 500 for a broken profile and 429 for one over its burst size, so neither
 * says for sure that the endpoint is at fault: that is told by whether other profiles pass.
 */
public final class RetryTable {
  /**
   * @param answer excerpt of the body, for the error text
   * @param retryAfter the header's value, or null
   * @param retry429 false = a 429 drops the profile
   */
  public static SendResult of(
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
              ? new SendResult.Retryable(Kind.THROTTLED, text, RetryAfter.millis(retryAfter, now))
              : new SendResult.Rejected(text);
      // Connect's "unimplemented": the server does not understand the request and never will.
      case 501 -> new SendResult.Rejected(text);
      default -> byClass(status, text, RetryAfter.millis(retryAfter, now));
    };
  }

  /** What holds for a whole hundred of statuses, but for those that have a line of their own. */
  private static SendResult byClass(int status, String text, @Nullable Long retryAfterMillis) {
    if (status >= 500) {
      return new SendResult.Retryable(Kind.UNAVAILABLE, text, retryAfterMillis);
    }
    if (status >= 400) {
      return new SendResult.Rejected(text);
    }
    return new SendResult.Retryable(
        Kind.MISCONFIGURED,
        status >= 300
            ? text + " (a redirect: set url to where it leads)"
            : text + " (no answer to a request: is a proxy in between?)",
        null);
  }

  private RetryTable() {}
}
