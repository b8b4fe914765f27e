package dev.stoker.alloy;

/** Ends the parsing of a text, or the evaluation of one argument. */
final class AlloyError extends Exception {
  private static final long serialVersionUID = 1;

  final int line;

  /** From 1; 0 = where the value stands in the line; {@link AlloyProblem#NAME}. */
  final int column;

  AlloyError(int line, String message) {
    this(line, 0, message);
  }

  /** At the name of the argument or block, not at its value. */
  static AlloyError ofName(int line, String message) {
    return new AlloyError(line, AlloyProblem.NAME, message);
  }

  AlloyError(int line, int column, String message) {
    super(message, null, false, false);
    this.line = line;
    this.column = column;
  }

  String text() {
    String message = getMessage();
    return message == null ? "" : message;
  }
}
