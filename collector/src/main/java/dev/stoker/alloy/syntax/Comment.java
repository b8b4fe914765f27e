package dev.stoker.alloy.syntax;

/**
 * A comment without its marks.
 *
 * @param text may have several lines
 * @param line where it starts
 */
public record Comment(String text, int line) {
  int lastLine() {
    return line + (int) text.chars().filter(c -> c == '\n').count();
  }
}
