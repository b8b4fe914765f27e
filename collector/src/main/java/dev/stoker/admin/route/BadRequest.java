package dev.stoker.admin.route;

/** What is wrong with a request; the message is for the caller. */
public final class BadRequest extends Exception {
  private static final long serialVersionUID = 1L;

  public BadRequest(String message) {
    super(message, null, false, false);
  }

  String problem() {
    return String.valueOf(getMessage());
  }
}
