package dev.stoker.otlp.decode;

/** The profiles of a request become larger than they may. */
final class OutOfRoomException extends Exception {
  private static final long serialVersionUID = 1;

  OutOfRoomException() {
    super("the profiles of the request become too large", null, false, false);
  }
}
