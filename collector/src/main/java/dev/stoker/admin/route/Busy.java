package dev.stoker.admin.route;

/** Too much is asked for at once; the message is for the caller. */
public final class Busy extends Exception {
  private static final long serialVersionUID = 1L;

  public Busy(String message) {
    super(message, null, false, false);
  }

  String problem() {
    return String.valueOf(getMessage());
  }
}
