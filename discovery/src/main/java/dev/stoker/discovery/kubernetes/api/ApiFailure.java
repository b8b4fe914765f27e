package dev.stoker.discovery.kubernetes.api;

import java.time.Duration;

/**
 * Why a request to the API server came to nothing, or to an end before its time.
 *
 * @param code the HTTP status, or the one in the API server's own words; 0 = there was no answer
 * @param words what the API server says, or what happened
 * @param retryAfter how long it asks to be left alone; zero = it does not say
 */
public record ApiFailure(int code, String words, Duration retryAfter) {
  /** What is asked for is no longer kept: everything is to be listed again. */
  public static final int GONE = 410;

  public static final int UNAUTHORIZED = 401;
  public static final int FORBIDDEN = 403;
  public static final int NOT_FOUND = 404;
  public static final int TOO_MANY = 429;

  private static final int LONGEST = 300;

  public ApiFailure {
    String line = words.strip().replaceAll("\\s+", " ");
    words = line.length() > LONGEST ? line.substring(0, LONGEST) + "…" : line;
  }

  public static ApiFailure withoutAnswer(String words) {
    return new ApiFailure(0, words, Duration.ZERO);
  }

  /** The very same request would be refused for ever. */
  public boolean isBeyondMending() {
    return code >= 400
        && code < 500
        && code != UNAUTHORIZED
        && code != FORBIDDEN
        && code != TOO_MANY;
  }
}
