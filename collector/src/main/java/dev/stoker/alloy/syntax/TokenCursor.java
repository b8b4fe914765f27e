package dev.stoker.alloy.syntax;

import dev.stoker.alloy.syntax.Token.Kind;
import java.util.ArrayList;
import java.util.List;

/**
 * The current token of a text, and the comments that have no place yet. Both parsers move it on.
 * Bounded: {@link Parser#MAX_DEPTH}.
 */
final class TokenCursor {
  private final Lexer lexer;
  private Token token;
  private int lastLine;
  private int depth;
  private List<Comment> loose = new ArrayList<>();

  /**
   * @param before lines that are counted before the text's first
   */
  TokenCursor(String text, int before) throws AlloyError {
    this.lexer = new Lexer(text, before);
    this.token = lexer.next();
  }

  Token token() {
    return token;
  }

  boolean is(String sign) {
    return token.is(sign);
  }

  /** The line of the last token that was passed; 0 at the start of a body. */
  int lastLine() {
    return lastLine;
  }

  void lastLine(int line) {
    lastLine = line;
  }

  /** Takes the comments that were passed and that nothing has claimed. */
  List<Comment> loose() {
    List<Comment> comments = loose;
    loose = new ArrayList<>();
    return comments;
  }

  /** Keeps comments until something takes them. */
  void keep(List<Comment> comments) {
    loose.addAll(comments);
  }

  List<Comment> newlines() throws AlloyError {
    List<Comment> comments = new ArrayList<>();
    while (token.kind() == Kind.NEWLINE) {
      comments.addAll(claim());
      advance();
    }
    return comments;
  }

  void skipNewlines() throws AlloyError {
    loose.addAll(newlines());
  }

  /** Takes the comments before the current token: somebody has a place for them. */
  List<Comment> claim() {
    List<Comment> comments = token.comments();
    token = new Token(token.kind(), token.text(), token.line(), token.column(), List.of());
    return comments;
  }

  void advance() throws AlloyError {
    loose.addAll(token.comments());
    lastLine = Math.max(lastLine, token.line());
    token = lexer.next();
  }

  String word(String what) throws AlloyError {
    if (token.kind() != Kind.WORD) {
      throw error("has " + token.describe() + " where " + what + " belongs");
    }
    String word = token.text();
    advance();
    return word;
  }

  void expect(String sign) throws AlloyError {
    if (!token.is(sign)) {
      throw error("has " + token.describe() + " where \"" + sign + "\" belongs; write it there");
    }
    advance();
  }

  /** A comma, in a list or an object that may end here too. */
  void comma(String close) throws AlloyError {
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

  void deeper() throws AlloyError {
    if (++depth > Parser.MAX_DEPTH) {
      throw error("is nested deeper than " + Parser.MAX_DEPTH + " levels; flatten it");
    }
  }

  void shallower() {
    depth--;
  }

  AlloyError error(String message) {
    return new AlloyError(token.line(), token.column(), message);
  }
}
