package dev.stoker.write.endpoint;

import org.jspecify.annotations.Nullable;

/** How a push ended. Expected failures are values. */
public sealed interface SendResult {
  /** The server has it. */
  record Accepted() implements SendResult {}

  /**
   * To be tried again.
   *
   * @param retryAfterMillis what the server asked for, or null
   */
  record Retryable(Kind kind, String answer, @Nullable Long retryAfterMillis)
      implements SendResult {}

  /**
   * Never to be tried again.
   *
   * @param complaint what the server says about the content of the profile, where its sender
   *     understands it; null = nothing
   */
  record Rejected(String answer, @Nullable Complaint complaint) implements SendResult {
    public Rejected(String answer) {
      this(answer, null);
    }
  }

  /** What a sender can make of a rejection; nobody else looks into it. */
  interface Complaint {}

  /** What a retryable failure says about the endpoint. */
  enum Kind {
    /** No answer in time, a broken connection, 408, 5xx: down, or this one profile is poison. */
    UNAVAILABLE,
    /** No connection: never a profile's own fault. */
    UNREACHABLE,
    /** 429: the server asks for patience. */
    THROTTLED,
    /** 401, 403, 404: a setting is wrong on one of the two sides. */
    MISCONFIGURED
  }
}
