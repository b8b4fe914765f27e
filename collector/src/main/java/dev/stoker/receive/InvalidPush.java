package dev.stoker.receive;

import dev.stoker.schema.Texts;

/** A client has sent what nobody can take; the message says what is wrong, for the client. */
public final class InvalidPush extends Exception {
  private static final long serialVersionUID = 1;

  public InvalidPush(String message) {
    super(message);
  }

  /** A text of the client's as it may stand in a message. */
  public static String shown(String text) {
    return "\"" + Texts.excerpt(text) + "\"";
  }

  @Override
  public synchronized Throwable fillInStackTrace() {
    return this; // expected, and shown without a trace
  }
}
