package dev.stoker.config.text;

import java.util.Optional;

/**
 * Looks at a text before the HOCON parser does: that one recurses per level, so what is nested
 * without end would overflow the stack. Knows just enough of HOCON to skip strings and comments.
 */
public final class TextScan {
  static final int MAX_DEPTH = 32;

  public record Finding(int line, String message) {}

  private final String text;
  private int at;
  private int line = 1;
  private int depth;
  private int dots;

  private TextScan(String text) {
    this.text = text;
  }

  public static Optional<Finding> check(String text) {
    return new TextScan(text).run();
  }

  private Optional<Finding> run() {
    for (; at < text.length(); at++) {
      step(text.charAt(at));
      if (depth > MAX_DEPTH) {
        return Optional.of(
            new Finding(line, "nested deeper than " + MAX_DEPTH + " levels; close a { or ["));
      }
      if (dots >= MAX_DEPTH) {
        return Optional.of(
            new Finding(
                line, "a path of more than " + MAX_DEPTH + " parts; quote it if it is a value"));
      }
    }
    return Optional.empty();
  }

  private void step(char c) {
    switch (c) {
      case '\n' -> {
        line++;
        dots = 0;
      }
      case '"' -> skipString();
      case '#' -> skipLine();
      case '/' -> {
        if (text.startsWith("//", at)) {
          skipLine();
        }
      }
      case '{', '[' -> {
        depth++;
        dots = 0;
      }
      case '}', ']' -> {
        depth--;
        dots = 0;
      }
      case '=', ':', ',' -> dots = 0;
      case '.' -> dots++;
      default -> {}
    }
  }

  private void skipLine() {
    int end = text.indexOf('\n', at);
    at = (end < 0 ? text.length() : end) - 1;
  }

  private void skipString() {
    if (text.startsWith("\"\"\"", at)) {
      int end = text.indexOf("\"\"\"", at + 3);
      int stop = end < 0 ? text.length() : end + 3;
      line += (int) text.substring(at, stop).chars().filter(c -> c == '\n').count();
      at = stop - 1;
      return;
    }
    for (at++; at < text.length() && text.charAt(at) != '"'; at++) {
      if (text.charAt(at) == '\n') {
        at--;
        return;
      }
      if (text.charAt(at) == '\\') {
        at++;
      }
    }
  }
}
