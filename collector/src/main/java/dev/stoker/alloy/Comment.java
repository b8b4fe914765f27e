package dev.stoker.alloy;

/**
 * A comment without its marks.
 *
 * @param text may have several lines
 * @param line where it starts
 */
record Comment(String text, int line) {
  int lastLine() {
    return line + (int) text.chars().filter(c -> c == '\n').count();
  }
}
