package dev.stoker.http.failure;

/** A server talks, but gives no answer of HTTP. The message is for people. */
public final class NoAnswerException extends Exception {
  private static final long serialVersionUID = 1;

  public NoAnswerException(String message) {
    super(message, null, false, false);
  }

  /** The exception of this class behind a failure of Vert.x, or else the failure itself. */
  public static Throwable behind(Throwable failure) {
    return failure.getCause() instanceof NoAnswerException told ? told : failure;
  }
}
