package dev.stoker.alloy.syntax;

import dev.stoker.alloy.syntax.Token.Kind;
import java.util.ArrayList;
import java.util.List;

/** Text to tokens, one at a time. A line break is a token, several in a row are one. */
final class Lexer {
  private static final List<String> LONG_SIGNS = List.of("==", "!=", "<=", ">=", "&&", "||");
  private static final String SIGNS = "<>!+-*/%^={}[](),.";
  private static final int MAX_NUMBER = 40;

  private final String text;
  private int at;
  private int line;

  /** The place in the text where the current line starts. */
  private int lineStart;

  private boolean lineBroken = true;
  private List<Comment> comments = new ArrayList<>();

  /**
   * @param before lines that come before the text
   */
  Lexer(String text, int before) {
    this.text = text;
    this.line = before + 1;
  }

  Token next() throws AlloyError {
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == '\n') {
        int here = line++;
        int column = column(at);
        at++;
        lineStart = at;
        if (!lineBroken) {
          lineBroken = true;
          return token(Kind.NEWLINE, "", here, column);
        }
      } else if (c == ' ' || c == '\t' || c == '\r') {
        at++;
      } else if (text.startsWith("//", at) || text.startsWith("/*", at)) {
        comments.add(comment());
      } else {
        lineBroken = false;
        return significant(c);
      }
    }
    return token(Kind.END, "", line, column(at));
  }

  private int column(int where) {
    return where - lineStart + 1;
  }

  private AlloyError error(int where, String message) {
    return new AlloyError(line, column(where), message);
  }

  private Token significant(char c) throws AlloyError {
    int start = at;
    if (isWord(c)) {
      while (at < text.length() && (isWord(text.charAt(at)) || isDigit(text.charAt(at)))) {
        at++;
      }
      return token(Kind.WORD, text.substring(start, at), line, column(start));
    }
    if (isDigit(c)) {
      return number();
    }
    if (c == '"') {
      return new StringLexer(text, at, line, column(at)).read(this);
    }
    if (c == '`') {
      return raw();
    }
    for (String sign : LONG_SIGNS) {
      if (text.startsWith(sign, at)) {
        at += 2;
        return token(Kind.SIGN, sign, line, column(start));
      }
    }
    if (SIGNS.indexOf(c) < 0) {
      throw error(start, "the character " + show(c) + " has no meaning here; " + instead(c));
    }
    at++;
    return token(Kind.SIGN, String.valueOf(c), line, column(start));
  }

  private static String instead(char c) {
    return switch (c) {
      case '#' -> "write // before a comment";
      case '\'' -> "write strings in double quotes";
      case ';' -> "write each argument and block on a line of its own";
      case ':' -> "write NAME = VALUE";
      case '$' -> "write sys.env(\"NAME\") for an environment variable";
      default -> "take it out";
    };
  }

  private static String show(char c) {
    return c > ' ' && c < 127 ? "\"" + c + "\"" : String.format("U+%04X", (int) c);
  }

  /** A string has been read up to there. */
  Token string(String value, int end, int column) {
    at = end;
    return token(Kind.STRING, value, line, column);
  }

  private Token number() throws AlloyError {
    int start = at;
    while (at < text.length() && isDigit(text.charAt(at))) {
      at++;
    }
    if (at + 1 < text.length() && text.charAt(at) == '.' && isDigit(text.charAt(at + 1))) {
      at++;
      while (at < text.length() && isDigit(text.charAt(at))) {
        at++;
      }
    }
    if (at < text.length() && (text.charAt(at) == 'e' || text.charAt(at) == 'E')) {
      at++;
      if (at < text.length() && (text.charAt(at) == '+' || text.charAt(at) == '-')) {
        at++;
      }
      while (at < text.length() && isDigit(text.charAt(at))) {
        at++;
      }
    }
    boolean glued = at < text.length() && isWord(text.charAt(at));
    if (glued || at - start > MAX_NUMBER || !isDigit(text.charAt(at - 1))) {
      throw error(start, "is no number; durations are written as strings, such as \"15s\"");
    }
    return token(Kind.NUMBER, text.substring(start, at), line, column(start));
  }

  private Token raw() throws AlloyError {
    int end = text.indexOf('`', at + 1);
    if (end < 0) {
      throw error(at, "a raw string is not closed; write a ` at its end");
    }
    String value = text.substring(at + 1, end).replace("\r", "");
    Token token = token(Kind.STRING, value, line, column(at));
    skipLines(at, end);
    at = end + 1;
    return token;
  }

  private Comment comment() throws AlloyError {
    int start = at;
    int first = line;
    if (text.startsWith("//", at)) {
      int end = text.indexOf('\n', at);
      at = end < 0 ? text.length() : end;
      return new Comment(text.substring(start + 2, at).strip(), first);
    }
    int end = text.indexOf("*/", at + 2);
    if (end < 0) {
      throw error(at, "a comment is not closed; write */ at its end");
    }
    String inner = text.substring(start + 2, end);
    at = end + 2;
    skipLines(start, end);
    return new Comment(inner.replace("\r", "").strip(), first);
  }

  private Token token(Kind kind, String value, int where, int column) {
    Token token = new Token(kind, value, where, column, List.copyOf(comments));
    comments = new ArrayList<>();
    return token;
  }

  private void skipLines(int from, int to) {
    for (int i = text.indexOf('\n', from); i >= 0 && i < to; i = text.indexOf('\n', i + 1)) {
      line++;
      lineStart = i + 1;
    }
  }

  private static boolean isWord(char c) {
    return c >= 'a' && c <= 'z'
        || c >= 'A' && c <= 'Z'
        || c == '_'
        || c > 127 && Character.isLetter(c);
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
