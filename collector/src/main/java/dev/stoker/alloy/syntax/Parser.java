package dev.stoker.alloy.syntax;

import dev.stoker.alloy.syntax.Statement.Attribute;
import dev.stoker.alloy.syntax.Statement.Block;
import dev.stoker.alloy.syntax.Statement.Body;
import dev.stoker.alloy.syntax.Statement.Notes;
import dev.stoker.alloy.syntax.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Parses the statements of a text. Bounded: {@link #MAX_DEPTH}. */
public final class Parser {
  public static final int MAX_DEPTH = 24;

  private final TokenCursor cursor;
  private final ExpressionParser expressions;
  private final int before;
  private final Predicate<String> component;

  private Parser(String text, int before, Predicate<String> component) throws AlloyError {
    this.before = before;
    this.component = component;
    this.cursor = new TokenCursor(text, before);
    this.expressions = new ExpressionParser(cursor);
  }

  /**
   * @param before lines that are counted before the text's first
   * @param component whether a block of such a name is a component, which stands in no other block
   */
  public static Body parse(String text, int before, Predicate<String> component) throws AlloyError {
    Parser parser = new Parser(text, before, component);
    Body body = parser.body();
    if (parser.cursor.token().kind() != Kind.END) {
      throw parser.cursor.error("there is a } too many; take it out");
    }
    return body;
  }

  private Body body() throws AlloyError {
    List<Statement> statements = new ArrayList<>();
    while (true) {
      if (cursor.token().kind() == Kind.NEWLINE) {
        cursor.keep(cursor.claim());
        cursor.advance();
      } else if (cursor.token().kind() == Kind.END || cursor.is("}")) {
        List<Comment> leftover = cursor.loose();
        leftover.addAll(cursor.claim());
        return new Body(statements, leftover);
      } else {
        statements.add(statement());
      }
    }
  }

  private Statement statement() throws AlloyError {
    List<Comment> leading = cursor.loose();
    leading.addAll(cursor.claim());
    int line = cursor.token().line();
    int first = leading.isEmpty() ? line : leading.get(0).line();
    boolean blank = cursor.lastLine() > 0 && first > cursor.lastLine() + 1;
    String name = cursor.word("a name");
    while (cursor.is(".")) {
      cursor.advance();
      name += "." + cursor.word("a name after the dot");
    }
    Notes notes = new Notes(leading, new ArrayList<>(), line, blank);
    Statement statement = cursor.is("=") ? attribute(name, notes) : block(name, notes);
    leading.addAll(cursor.loose());
    if (cursor.token().kind() == Kind.NEWLINE) {
      cursor.lastLine(Math.max(cursor.lastLine(), cursor.token().line()));
      notes.trailing().addAll(cursor.claim());
    } else if (cursor.token().kind() != Kind.END && !cursor.is("}")) {
      throw cursor.error(
          "has "
              + cursor.token().describe()
              + " after the end of a statement; write it on a line of its own");
    }
    return statement;
  }

  private Attribute attribute(String name, Notes notes) throws AlloyError {
    if (name.indexOf('.') >= 0) {
      throw cursor.error("an argument's name has no dot; write NAME = VALUE");
    }
    cursor.advance();
    cursor.skipNewlines();
    return new Attribute(name, expressions.expression(), notes);
  }

  private Block block(String name, Notes notes) throws AlloyError {
    String label = "";
    if (cursor.token().kind() == Kind.STRING) {
      label = cursor.token().text();
      cursor.advance();
      if (!label.matches("[A-Za-z_][A-Za-z0-9_]*")) {
        throw new AlloyError(
            notes.line(), "the label of " + name + " is no name; use letters, digits and _");
      }
    }
    if (!cursor.is("{")) {
      throw cursor.error(
          "has "
              + cursor.token().describe()
              + " after "
              + name
              + "; write "
              + name
              + " = VALUE, or "
              + name
              + " { … }");
    }
    cursor.deeper();
    cursor.advance();
    if (cursor.token().kind() == Kind.NEWLINE) {
      notes.trailing().addAll(cursor.claim());
    }
    cursor.lastLine(0);
    Body body = body();
    if (!cursor.is("}")) {
      throw unclosed(name, notes, body);
    }
    cursor.shallower();
    int end = cursor.token().line();
    cursor.lastLine(end);
    cursor.advance();
    return new Block(name, label, body, notes, end);
  }

  /**
   * A block is not closed. If a component begins inside it, the block was meant to end before that.
   */
  private AlloyError unclosed(String name, Notes notes, Body body) {
    String end = "";
    for (Statement each : body.statements()) {
      if (each instanceof Block block && component.test(block.name())) {
        end = ", before " + block.name() + " of line " + (block.line() - before);
        break;
      }
    }
    return AlloyError.ofName(
        notes.line(), "the block " + name + " is not closed; write } at its end" + end);
  }
}
