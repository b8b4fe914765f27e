package dev.stoker.alloy.syntax;

import dev.stoker.alloy.syntax.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Parses expressions, with the comments between the elements of lists and objects. */
final class ExpressionParser {
  private static final List<Set<String>> RANKS =
      List.of(
          Set.of("||"),
          Set.of("&&"),
          Set.of("==", "!=", "<", "<=", ">", ">="),
          Set.of("+", "-"),
          Set.of("*", "/", "%"));

  private final TokenCursor cursor;

  ExpressionParser(TokenCursor cursor) {
    this.cursor = cursor;
  }

  /** The expression that begins with the current token. */
  Expr expression() throws AlloyError {
    return operations(0);
  }

  private Expr operations(int rank) throws AlloyError {
    if (rank == RANKS.size()) {
      return power();
    }
    Expr first = operations(rank + 1);
    List<Expr.Operation> rest = new ArrayList<>();
    while (cursor.token().kind() == Kind.SIGN && RANKS.get(rank).contains(cursor.token().text())) {
      String sign = cursor.token().text();
      cursor.advance();
      cursor.skipNewlines();
      rest.add(new Expr.Operation(sign, operations(rank + 1)));
    }
    return rest.isEmpty() ? first : new Expr.Operations(first, rest, first.line());
  }

  private Expr power() throws AlloyError {
    Expr base = unary();
    if (!cursor.is("^")) {
      return base;
    }
    cursor.deeper();
    cursor.advance();
    cursor.skipNewlines();
    Expr exponent = power();
    cursor.shallower();
    return new Expr.Operations(base, List.of(new Expr.Operation("^", exponent)), base.line());
  }

  private Expr unary() throws AlloyError {
    if (!cursor.is("-") && !cursor.is("!")) {
      return chain();
    }
    cursor.deeper();
    Token sign = cursor.token();
    cursor.advance();
    Expr operand = unary();
    cursor.shallower();
    return new Expr.Unary(sign.text(), operand, sign.line());
  }

  private Expr chain() throws AlloyError {
    Expr base = primary();
    List<Expr.Step> steps = new ArrayList<>();
    while (true) {
      if (cursor.is(".")) {
        cursor.advance();
        steps.add(new Expr.Step.Access(cursor.word("a name after the dot")));
      } else if (cursor.is("[")) {
        cursor.deeper();
        cursor.advance();
        cursor.skipNewlines();
        steps.add(new Expr.Step.Index(expression()));
        cursor.skipNewlines();
        cursor.expect("]");
        cursor.shallower();
      } else if (cursor.is("(")) {
        steps.add(new Expr.Step.Call(arguments()));
      } else {
        return steps.isEmpty() ? base : new Expr.Chain(base, steps, base.line());
      }
    }
  }

  private List<Expr> arguments() throws AlloyError {
    cursor.deeper();
    cursor.advance();
    List<Expr> arguments = new ArrayList<>();
    cursor.skipNewlines();
    while (!cursor.is(")")) {
      arguments.add(expression());
      cursor.skipNewlines();
      if (!cursor.is(")")) {
        cursor.comma(")");
        cursor.skipNewlines();
      }
    }
    cursor.advance();
    cursor.shallower();
    return arguments;
  }

  private Expr primary() throws AlloyError {
    Token start = cursor.token();
    int line = start.line();
    switch (start.kind()) {
      case STRING -> {
        cursor.advance();
        return new Expr.Literal(Value.Text.of(start.text()), line);
      }
      case NUMBER -> {
        cursor.advance();
        boolean whole = start.text().chars().allMatch(c -> c >= '0' && c <= '9');
        return new Expr.Literal(new Value.Num(Double.parseDouble(start.text()), whole), line);
      }
      case WORD -> {
        cursor.advance();
        return switch (start.text()) {
          case "true", "false" ->
              new Expr.Literal(new Value.Bool(start.text().equals("true")), line);
          case "null" -> new Expr.Literal(new Value.Nothing(), line);
          default -> new Expr.Name(start.text(), line);
        };
      }
      case SIGN -> {
        if (start.is("[")) {
          return list();
        }
        if (start.is("{")) {
          return object();
        }
        if (start.is("(")) {
          return group();
        }
      }
      default -> {}
    }
    throw cursor.error("has " + start.describe() + " where a value belongs");
  }

  private Expr group() throws AlloyError {
    cursor.deeper();
    cursor.advance();
    cursor.skipNewlines();
    Expr inner = expression();
    cursor.skipNewlines();
    cursor.expect(")");
    cursor.shallower();
    return inner;
  }

  private Expr list() throws AlloyError {
    int line = cursor.token().line();
    cursor.deeper();
    cursor.advance();
    List<Expr.Element> elements = new ArrayList<>();
    List<Comment> before = cursor.newlines();
    while (!cursor.is("]")) {
      before.addAll(cursor.claim());
      Expr value = expression();
      before.addAll(behind("]"));
      elements.add(new Expr.Element(value, before));
      before = cursor.newlines();
    }
    before.addAll(cursor.claim());
    cursor.advance();
    cursor.shallower();
    return new Expr.ListOf(elements, before, line);
  }

  private Expr object() throws AlloyError {
    int line = cursor.token().line();
    cursor.deeper();
    cursor.advance();
    List<Expr.Field> fields = new ArrayList<>();
    List<Comment> before = cursor.newlines();
    while (!cursor.is("}")) {
      before.addAll(cursor.claim());
      Token name = cursor.token();
      if (name.kind() != Kind.WORD && name.kind() != Kind.STRING) {
        throw cursor.error("has " + name.describe() + " where a name belongs; write NAME = VALUE,");
      }
      cursor.advance();
      cursor.skipNewlines();
      cursor.expect("=");
      cursor.skipNewlines();
      Expr value = expression();
      before.addAll(behind("}"));
      fields.add(new Expr.Field(name.text(), new Expr.Element(value, before), name.line()));
      before = cursor.newlines();
    }
    before.addAll(cursor.claim());
    cursor.advance();
    cursor.shallower();
    return new Expr.ObjectOf(fields, before, line);
  }

  /** The comma behind an element, and the comments on its line. */
  private List<Comment> behind(String close) throws AlloyError {
    List<Comment> comments = new ArrayList<>();
    if (cursor.token().kind() == Kind.NEWLINE) {
      comments.addAll(cursor.newlines());
    }
    if (cursor.is(close)) {
      return comments;
    }
    cursor.comma(close);
    if (cursor.token().kind() == Kind.NEWLINE) {
      comments.addAll(cursor.claim());
    }
    return comments;
  }
}
