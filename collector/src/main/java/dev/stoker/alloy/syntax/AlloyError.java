package dev.stoker.alloy.syntax;

/** Ends the parsing of a text, or the evaluation of one argument. */
public final class AlloyError extends Exception {
  private static final long serialVersionUID = 1;

  /** Stands for the column of the name of the argument or block. */
  public static final int NAME = -1;

  public final int line;

  /** The column, from 1; 0 = the place of the value in the line; {@link #NAME}. */
  public final int column;

  public AlloyError(int line, String message) {
    this(line, 0, message);
  }

  /** An error at the name of the argument or block, not at its value. */
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
