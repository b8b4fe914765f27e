package dev.stoker.alloy.syntax;

import dev.stoker.alloy.syntax.Statement.Attribute;
import dev.stoker.alloy.syntax.Statement.Block;
import dev.stoker.alloy.syntax.Statement.Body;
import dev.stoker.alloy.syntax.Statement.Notes;
import dev.stoker.alloy.syntax.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** Tokens to statements. Bounded: {@link #MAX_DEPTH}. */
public final class Parser {
  public static final int MAX_DEPTH = 24;

  private static final List<Set<String>> RANKS =
      List.of(
          Set.of("||"),
          Set.of("&&"),
          Set.of("==", "!=", "<", "<=", ">", ">="),
          Set.of("+", "-"),
          Set.of("*", "/", "%"));

  private final Lexer lexer;
  private Token token;
  private final int before;
  private final Predicate<String> component;
  private int lastLine;
  private int depth;
  private List<Comment> loose = new ArrayList<>();

  private Parser(String text, int before, Predicate<String> component) throws AlloyError {
    this.before = before;
    this.component = component;
    this.lexer = new Lexer(text, before);
    this.token = lexer.next();
  }

  /**
   * @param before lines that are counted before the text's first
   * @param component whether a block of such a name is a component, which stands in no other block
   */
  public static Body parse(String text, int before, Predicate<String> component) throws AlloyError {
    Parser parser = new Parser(text, before, component);
    Body body = parser.body();
    if (parser.token.kind() != Kind.END) {
      throw parser.error("there is a } too many; take it out");
    }
    return body;
  }

  private Body body() throws AlloyError {
    List<Statement> statements = new ArrayList<>();
    while (true) {
      if (token.kind() == Kind.NEWLINE) {
        loose.addAll(claim());
        advance();
      } else if (token.kind() == Kind.END || token.is("}")) {
        List<Comment> leftover = new ArrayList<>(loose);
        loose = new ArrayList<>();
        leftover.addAll(claim());
        return new Body(statements, leftover);
      } else {
        statements.add(statement());
      }
    }
  }

  private Statement statement() throws AlloyError {
    List<Comment> leading = new ArrayList<>(loose);
    loose = new ArrayList<>();
    leading.addAll(claim());
    int line = token.line();
    int first = leading.isEmpty() ? line : leading.get(0).line();
    boolean blank = lastLine > 0 && first > lastLine + 1;
    String name = word("a name");
    while (token.is(".")) {
      advance();
      name += "." + word("a name after the dot");
    }
    Notes notes = new Notes(leading, new ArrayList<>(), line, blank);
    Statement statement = token.is("=") ? attribute(name, notes) : block(name, notes);
    leading.addAll(loose);
    loose = new ArrayList<>();
    lastLine = Math.max(lastLine, token.kind() == Kind.NEWLINE ? token.line() : lastLine);
    if (token.kind() == Kind.NEWLINE) {
      notes.trailing().addAll(claim());
    } else if (token.kind() != Kind.END && !token.is("}")) {
      throw error(
          "has "
              + token.describe()
              + " after the end of a statement; write it on a line of its own");
    }
    return statement;
  }

  private Attribute attribute(String name, Notes notes) throws AlloyError {
    if (name.indexOf('.') >= 0) {
      throw error("an argument's name has no dot; write NAME = VALUE");
    }
    advance();
    skipNewlines();
    return new Attribute(name, expression(), notes);
  }

  private Block block(String name, Notes notes) throws AlloyError {
    String label = "";
    if (token.kind() == Kind.STRING) {
      label = token.text();
      advance();
      if (!label.matches("[A-Za-z_][A-Za-z0-9_]*")) {
        throw new AlloyError(
            notes.line(), "the label of " + name + " is no name; use letters, digits and _");
      }
    }
    if (!token.is("{")) {
      throw error(
          "has "
              + token.describe()
              + " after "
              + name
              + "; write "
              + name
              + " = VALUE, or "
              + name
              + " { … }");
    }
    deeper();
    advance();
    if (token.kind() == Kind.NEWLINE) {
      notes.trailing().addAll(claim());
    }
    lastLine = 0;
    Body body = body();
    if (!token.is("}")) {
      throw unclosed(name, notes, body);
    }
    depth--;
    int end = token.line();
    lastLine = end;
    advance();
    return new Block(name, label, body, notes, end);
  }

  /** Where a component begins inside it, it was to end before. */
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

  private Expr expression() throws AlloyError {
    return operations(0);
  }

  private Expr operations(int rank) throws AlloyError {
    if (rank == RANKS.size()) {
      return power();
    }
    Expr first = operations(rank + 1);
    List<Expr.Operation> rest = new ArrayList<>();
    while (token.kind() == Kind.SIGN && RANKS.get(rank).contains(token.text())) {
      String sign = token.text();
      advance();
      skipNewlines();
      rest.add(new Expr.Operation(sign, operations(rank + 1)));
    }
    return rest.isEmpty() ? first : new Expr.Operations(first, rest, first.line());
  }

  private Expr power() throws AlloyError {
    Expr base = unary();
    if (!token.is("^")) {
      return base;
    }
    deeper();
    advance();
    skipNewlines();
    Expr exponent = power();
    depth--;
    return new Expr.Operations(base, List.of(new Expr.Operation("^", exponent)), base.line());
  }

  private Expr unary() throws AlloyError {
    if (!token.is("-") && !token.is("!")) {
      return chain();
    }
    deeper();
    Token sign = token;
    advance();
    Expr operand = unary();
    depth--;
    return new Expr.Unary(sign.text(), operand, sign.line());
  }

  private Expr chain() throws AlloyError {
    Expr base = primary();
    List<Expr.Step> steps = new ArrayList<>();
    while (true) {
      if (token.is(".")) {
        advance();
        steps.add(new Expr.Step.Access(word("a name after the dot")));
      } else if (token.is("[")) {
        deeper();
        advance();
        skipNewlines();
        steps.add(new Expr.Step.Index(expression()));
        skipNewlines();
        expect("]");
        depth--;
      } else if (token.is("(")) {
        steps.add(new Expr.Step.Call(arguments()));
      } else {
        return steps.isEmpty() ? base : new Expr.Chain(base, steps, base.line());
      }
    }
  }

  private List<Expr> arguments() throws AlloyError {
    deeper();
    advance();
    List<Expr> arguments = new ArrayList<>();
    skipNewlines();
    while (!token.is(")")) {
      arguments.add(expression());
      skipNewlines();
      if (!token.is(")")) {
        comma(")");
        skipNewlines();
      }
    }
    advance();
    depth--;
    return arguments;
  }

  private Expr primary() throws AlloyError {
    Token start = token;
    int line = start.line();
    switch (start.kind()) {
      case STRING -> {
        advance();
        return new Expr.Literal(Value.Text.of(start.text()), line);
      }
      case NUMBER -> {
        advance();
        boolean whole = start.text().chars().allMatch(c -> c >= '0' && c <= '9');
        return new Expr.Literal(new Value.Num(Double.parseDouble(start.text()), whole), line);
      }
      case WORD -> {
        advance();
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
    throw error("has " + start.describe() + " where a value belongs");
  }

  private Expr group() throws AlloyError {
    deeper();
    advance();
    skipNewlines();
    Expr inner = expression();
    skipNewlines();
    expect(")");
    depth--;
    return inner;
  }

  private Expr list() throws AlloyError {
    int line = token.line();
    deeper();
    advance();
    List<Expr.Element> elements = new ArrayList<>();
    List<Comment> before = newlines();
    while (!token.is("]")) {
      before.addAll(claim());
      Expr value = expression();
      before.addAll(behind("]"));
      elements.add(new Expr.Element(value, before));
      before = newlines();
    }
    before.addAll(claim());
    advance();
    depth--;
    return new Expr.ListOf(elements, before, line);
  }

  private Expr object() throws AlloyError {
    int line = token.line();
    deeper();
    advance();
    List<Expr.Field> fields = new ArrayList<>();
    List<Comment> before = newlines();
    while (!token.is("}")) {
      before.addAll(claim());
      Token name = token;
      if (name.kind() != Kind.WORD && name.kind() != Kind.STRING) {
        throw error("has " + name.describe() + " where a name belongs; write NAME = VALUE,");
      }
      advance();
      skipNewlines();
      expect("=");
      skipNewlines();
      Expr value = expression();
      before.addAll(behind("}"));
      fields.add(new Expr.Field(name.text(), new Expr.Element(value, before), name.line()));
      before = newlines();
    }
    before.addAll(claim());
    advance();
    depth--;
    return new Expr.ObjectOf(fields, before, line);
  }

  /** The comma behind an element, and the comments on its line. */
  private List<Comment> behind(String close) throws AlloyError {
    List<Comment> comments = new ArrayList<>();
    if (token.kind() == Kind.NEWLINE) {
      comments.addAll(newlines());
    }
    if (token.is(close)) {
      return comments;
    }
    comma(close);
    if (token.kind() == Kind.NEWLINE) {
      comments.addAll(claim());
    }
    return comments;
  }

  private List<Comment> newlines() throws AlloyError {
    List<Comment> comments = new ArrayList<>();
    while (token.kind() == Kind.NEWLINE) {
      comments.addAll(claim());
      advance();
    }
    return comments;
  }

  private void skipNewlines() throws AlloyError {
    loose.addAll(newlines());
  }

  /** Takes the comments before the current token: somebody has a place for them. */
  private List<Comment> claim() {
    List<Comment> comments = token.comments();
    token = new Token(token.kind(), token.text(), token.line(), token.column(), List.of());
    return comments;
  }

  private void advance() throws AlloyError {
    loose.addAll(token.comments());
    lastLine = Math.max(lastLine, token.line());
    token = lexer.next();
  }

  private String word(String what) throws AlloyError {
    if (token.kind() != Kind.WORD) {
      throw error("has " + token.describe() + " where " + what + " belongs");
    }
    String word = token.text();
    advance();
    return word;
  }

  private void expect(String sign) throws AlloyError {
    if (!token.is(sign)) {
      throw error("has " + token.describe() + " where \"" + sign + "\" belongs; write it there");
    }
    advance();
  }

  /** A comma, in a list or an object that may end here too. */
  private void comma(String close) throws AlloyError {
    if (!token.is(",")) {
      throw error(
          "has "
              + token.describe()
              + " where \",\" or \""
              + close
              + "\" belongs; separate elements by commas, and write "
              + close
              + " at the end");
    }
    advance();
  }

  private void deeper() throws AlloyError {
    if (++depth > MAX_DEPTH) {
      throw error("is nested deeper than " + MAX_DEPTH + " levels; flatten it");
    }
  }

  private AlloyError error(String message) {
    return new AlloyError(token.line(), token.column(), message);
  }
}
