package dev.stoker.alloy.syntax;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** A string in double quotes, with Go's escapes. */
final class StringLexer {
  private static final String SIMPLE = "abfnrtv\\'\"";
  private static final String MEANING = "\u0007\b\f\n\r\t\u000b\\'\"";

  private final String text;
  private final int line;
  private final int column;
  private final StringBuilder value = new StringBuilder();

  /** Bytes of <code>\\x</code> and octal escapes, which are UTF-8 in Go. */
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  private int at;

  /**
   * @param column of the quote
   */
  StringLexer(String text, int quote, int line, int column) {
    this.text = text;
    this.at = quote + 1;
    this.line = line;
    this.column = column;
  }

  Token read(Lexer lexer) throws AlloyError {
    while (true) {
      char c = next();
      boolean more = c == '\\' && at < text.length() && "x01234567".indexOf(text.charAt(at)) >= 0;
      if (!more) {
        flush();
      }
      if (c == '"') {
        return lexer.string(value.toString(), at, column);
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
      case 'x' -> octet(2, 16);
      case 'u' -> character(4);
      case 'U' -> character(8);
      case '0', '1', '2', '3', '4', '5', '6', '7' -> {
        at--;
        octet(3, 8);
      }
      default ->
          throw new AlloyError(
              line,
              column,
              "\\"
                  + (c < ' ' ? "" : c)
                  + " is no escape in a string; write \\\\ for a backslash,"
                  + " or a raw string between backticks");
    }
  }

  private void octet(int digits, int radix) throws AlloyError {
    long octet = code(digits, radix);
    if (octet > 255) {
      throw new AlloyError(line, column, "a string has an octal escape over \\377");
    }
    bytes.write((int) octet);
  }

  private void flush() throws AlloyError {
    if (bytes.size() == 0) {
      return;
    }
    try {
      value.append(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes.toByteArray())));
      bytes.reset();
    } catch (CharacterCodingException malformed) {
      throw new AlloyError(
          line,
          column,
          "a string has \\x or octal escapes, which are bytes, that make no UTF-8 text; write \\u and"
              + " four digits for a character");
    }
  }

  private void character(int digits) throws AlloyError {
    long point = code(digits, 16);
    if (!Character.isValidCodePoint((int) Math.min(point, Integer.MAX_VALUE))
        || point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE) {
      throw new AlloyError(line, column, "a string has an escape that is no character");
    }
    value.appendCodePoint((int) point);
  }

  private long code(int digits, int radix) throws AlloyError {
    if (at + digits > text.length()) {
      throw unclosed();
    }
    String code = text.substring(at, at + digits);
    at += digits;
    if (!code.chars().allMatch(c -> Character.digit(c, radix) >= 0)) {
      throw new AlloyError(line, column, "a string has an escape with too few digits");
    }
    return Long.parseLong(code, radix);
  }

  private char next() throws AlloyError {
    if (at >= text.length()) {
      throw unclosed();
    }
    return text.charAt(at++);
  }

  private AlloyError unclosed() {
    return new AlloyError(
        line,
        column,
        "a string is not closed; write a \" at its end, or a raw string between backticks");
  }
}
