package dev.stoker.alloy.syntax;

/** Ends the parsing of a text, or the evaluation of one argument. */
public final class AlloyError extends Exception {
  private static final long serialVersionUID = 1;

  /** In place of a column: where the name of the argument or block stands in the line. */
  public static final int NAME = -1;

  public final int line;

  /** From 1; 0 = where the value stands in the line; {@link #NAME}. */
  public final int column;

  public AlloyError(int line, String message) {
    this(line, 0, message);
  }

  /** At the name of the argument or block, not at its value. */
  public static AlloyError ofName(int line, String message) {
    return new AlloyError(line, NAME, message);
  }

  public AlloyError(int line, int column, String message) {
    super(message, null, false, false);
    this.line = line;
    this.column = column;
  }

  public String text() {
    String message = getMessage();
    return message == null ? "" : message;
  }
}
