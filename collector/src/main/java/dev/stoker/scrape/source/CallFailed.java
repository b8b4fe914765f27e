package dev.stoker.scrape.source;

import dev.stoker.scrape.fetch.Outcome;

/** A step of a conversation has failed. The message becomes the target's last_error. */
public final class CallFailed extends Exception {
  private static final long serialVersionUID = 1;

  private final transient Outcome outcome;

  public CallFailed(Outcome outcome, String message) {
    super(message, null, false, false);
    this.outcome = outcome;
  }

  public Outcome outcome() {
    return outcome;
  }

  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }
}
