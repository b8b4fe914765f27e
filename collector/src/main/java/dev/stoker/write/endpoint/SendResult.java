package dev.stoker.write.endpoint;

import org.jspecify.annotations.Nullable;

/** How one try to send a profile ended. Failures that are to be expected are values. */
public sealed interface SendResult {
  /** The server has the profile. */
  record Accepted() implements SendResult {}

  /**
   * The profile is to be tried again.
   *
   * @param answer what the server said, or why there is no answer; for users, without secrets
   * @param retryAfterMillis for how long the server asks to wait, or null
   */
  record Retryable(Kind kind, String answer, @Nullable Long retryAfterMillis)
      implements SendResult {}

  /**
   * The profile is never to be tried again. It is dropped with the reason <code>rejected</code>.
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

  /**
   * What a failure that can be tried again says about the endpoint. {@link SeriesFailures#failed}
   * decides whether the endpoint is at fault or the profile, and {@link Circuit#failed} what the
   * endpoint does when it is.
   */
  enum Kind {
    /**
     * There is no answer in time, the connection breaks, or the server says that it is in trouble
     * (408, 5xx). Three of these in a row mean that the endpoint is down; while other profiles
     * pass, it counts against the profile.
     */
    UNAVAILABLE,
    /** There is no connection: the endpoint's fault, never the profile's. */
    UNREACHABLE,
    /** The server has too much to do (429): fewer tries at once, and a pause. */
    THROTTLED,
    /**
     * A setting is wrong on one of the two sides (401, 403, 404, a redirect): one try every 10 s.
     */
    MISCONFIGURED
  }
}
