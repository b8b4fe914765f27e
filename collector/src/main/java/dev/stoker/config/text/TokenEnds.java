package dev.stoker.config.text;

/** Where what begins in the text of a config ends: strings, comments and substitutions. */
final class TokenEnds {
  /**
   * @param at the place behind it
   * @param closed the text has its closing quotes
   */
  record End(int at, boolean closed) {}

  private final String text;

  TokenEnds(String text) {
    this.text = text;
  }

  /** The place behind a comment that may have several lines. */
  int blockComment(int at) {
    int close = text.indexOf("*/", at + 2);
    return close < 0 ? text.length() : close + 2;
  }

  /**
   * The end of a string; one in single quotes ends with its line at the latest.
   *
   * @param quotes with which it begins and ends
   */
  End string(int at, String quotes) {
    boolean multiline = !quotes.equals("\"");
    int end = at + quotes.length();
    while (end < text.length()
        && !text.startsWith(quotes, end)
        && (multiline || text.charAt(end) != '\n')) {
      end += text.charAt(end) == '\\' && !multiline ? 2 : 1;
    }
    boolean closed = end < text.length() && text.startsWith(quotes, end);
    int behind = closed ? end + quotes.length() : end;
    return new End(Math.min(text.length(), behind), closed);
  }

  /**
   * The place behind a substitution; -1 = none begins here. Its braces hold a path and nothing
   * else, so the search ends where no path can go on.
   *
   * @param lineEnd it has one line only
   */
  int substitution(int at, int lineEnd) {
    if (!text.startsWith("${", at)) {
      return -1;
    }
    for (int i = at + 2; i < lineEnd; i++) {
      char c = text.charAt(i);
      if (c == '}') {
        return i + 1;
      }
      if (c == '$' || c == '{') {
        return -1;
      }
    }
    return -1;
  }
}
