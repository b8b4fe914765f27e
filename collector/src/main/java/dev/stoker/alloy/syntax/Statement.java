package dev.stoker.alloy.syntax;

import java.util.List;

/** A line of a body: an attribute or a block. */
public sealed interface Statement {
  String name();

  Notes notes();

  /**
   * Comments and blank lines that belong to a statement.
   *
   * @param leading comments above it
   * @param trailing comments behind it on its line; of a block: behind its brace
   * @param blankBefore there is an empty line above it
   */
  record Notes(List<Comment> leading, List<Comment> trailing, int line, boolean blankBefore) {}

  record Attribute(String name, Expr value, Notes notes) implements Statement {}

  /**
   * @param name with dots, such as <code>profile.memory</code>
   * @param label "" = none
   * @param lastLine where its brace closes
   */
  record Block(String name, String label, Body body, Notes notes, int lastLine)
      implements Statement {
    public int line() {
      return notes.line();
    }

    /** Name and label. */
    public String id() {
      return label.isEmpty() ? name : name + "." + label;
    }
  }

  /**
   * @param leftover comments after the last statement
   */
  record Body(List<Statement> statements, List<Comment> leftover) {}
}
