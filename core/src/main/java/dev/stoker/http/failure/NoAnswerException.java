package dev.stoker.http.failure;

/** A server talks, but does not answer. The message is for people. */
public final class NoAnswerException extends Exception {
  private static final long serialVersionUID = 1;

  public NoAnswerException(String message) {
    super(message, null, false, false);
  }

  /** The one behind a failure of Vert.x, else the failure itself. */
  public static Throwable behind(Throwable failure) {
    return failure.getCause() instanceof NoAnswerException told ? told : failure;
  }
}
