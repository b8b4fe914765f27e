package dev.stoker.alloy;

/** A string in double quotes, with Go's escapes. */
final class StringLexer {
  private static final String SIMPLE = "abfnrtv\\'\"";
  private static final String MEANING = "\u0007\b\f\n\r\t\u000b\\'\"";

  private final String text;
  private final int line;
  private final StringBuilder value = new StringBuilder();
  private int at;

  StringLexer(String text, int quote, int line) {
    this.text = text;
    this.at = quote + 1;
    this.line = line;
  }

  Token read(Lexer lexer) throws AlloyError {
    while (true) {
      char c = next();
      if (c == '"') {
        return lexer.string(value.toString(), at);
      }
      if (c == '\n') {
        throw unclosed();
      }
      if (c == '\\') {
        escape();
      } else {
        value.append(c);
      }
    }
  }

  private void escape() throws AlloyError {
    char c = next();
    int simple = SIMPLE.indexOf(c);
    if (simple >= 0) {
      value.append(MEANING.charAt(simple));
      return;
    }
    switch (c) {
      case 'x' -> code(2, 16);
      case 'u' -> code(4, 16);
      case 'U' -> code(8, 16);
      case '0', '1', '2', '3', '4', '5', '6', '7' -> {
        at--;
        code(3, 8);
      }
      default ->
          throw new AlloyError(
              line,
              "\\"
                  + (c < ' ' ? "" : c)
                  + " is no escape in a string; write \\\\ for a backslash,"
                  + " or a raw string between backticks");
    }
  }

  private void code(int digits, int radix) throws AlloyError {
    if (at + digits > text.length()) {
      throw unclosed();
    }
    String code = text.substring(at, at + digits);
    at += digits;
    if (!code.chars().allMatch(c -> Character.digit(c, radix) >= 0)) {
      throw new AlloyError(line, "a string has an escape with too few digits");
    }
    long point = Long.parseLong(code, radix);
    if (!Character.isValidCodePoint((int) Math.min(point, Integer.MAX_VALUE))
        || point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE) {
      throw new AlloyError(line, "a string has an escape that is no character");
    }
    value.appendCodePoint((int) point);
  }

  private char next() throws AlloyError {
    if (at >= text.length()) {
      throw unclosed();
    }
    return text.charAt(at++);
  }

  private AlloyError unclosed() {
    return new AlloyError(
        line, "a string is not closed; write a \" at its end, or a raw string between backticks");
  }
}
