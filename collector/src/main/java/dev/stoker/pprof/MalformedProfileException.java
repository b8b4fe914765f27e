package dev.stoker.pprof;

/**
 * Bytes from outside are not the profile they should be. The message says what came instead and,
 * where one can tell, what to do; it is shown to users as a target's last_error. No stack trace: it
 * is an expected failure.
 */
public final class MalformedProfileException extends Exception {
  private static final long serialVersionUID = 1L;

  public MalformedProfileException(String message) {
    super(message, null, false, false);
  }
}
