package dev.stoker.receive;

import dev.stoker.receive.server.Refusal;

/**
 * Answers a request. The admission calls either {@link #taken} or {@link #refused}, once, on the
 * control context, also when nobody waits any more: the answer then gives back the memory that the
 * request holds.
 */
public interface Answer {
  /** Each of its profiles is in a queue. */
  void taken();

  /** None of them is. */
  void refused(Refusal refusal);

  /** Nobody waits for the answer any more. */
  boolean isGone();
}
