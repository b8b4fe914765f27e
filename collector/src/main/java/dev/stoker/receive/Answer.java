package dev.stoker.receive;

import dev.stoker.receive.server.Refusal;

/**
 * What becomes of a request; one of both is called, once, on the control context, also when nobody
 * waits any more: then it gives back what the request holds.
 */
public interface Answer {
  /** Each of its profiles is in a queue. */
  void taken();

  /** None of them is. */
  void refused(Refusal refusal);

  /** Nobody waits for the answer any more. */
  boolean isGone();
}
