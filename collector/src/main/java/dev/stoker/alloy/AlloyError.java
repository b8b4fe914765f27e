package dev.stoker.alloy;

/** Ends the parsing of a text, or the evaluation of one argument. */
final class AlloyError extends Exception {
  private static final long serialVersionUID = 1;

  final int line;

  AlloyError(int line, String message) {
    super(message, null, false, false);
    this.line = line;
  }

  String text() {
    String message = getMessage();
    return message == null ? "" : message;
  }
}
