package dev.stoker.config.text;

import java.util.List;

/** The name of an argument or a block while it is read, and where it stands in the text. */
final class PendingName {
  private final StringBuilder name = new StringBuilder();
  private int line;
  private int from;

  /** More of it comes; one that was left on another line has no value, and is forgotten. */
  void starts(int lineNumber, int at) {
    if (line != lineNumber) {
      name.setLength(0);
    }
    if (isEmpty()) {
      line = lineNumber;
      from = at;
    }
  }

  void append(CharSequence text, int start, int end) {
    name.append(text, start, end);
  }

  /** Between the words of a name, or before it. */
  void space(char c) {
    if (!isEmpty()) {
      name.append(c);
    }
  }

  void clear() {
    name.setLength(0);
  }

  boolean isEmpty() {
    return name.length() == 0;
  }

  int length() {
    return name.length();
  }

  /** As it is written. */
  String raw() {
    return name.toString();
  }

  /** Its parts when an equals sign or a brace follows; of <code>+=</code> the plus is none. */
  List<String> parts() {
    String raw = stripped();
    return SourceNames.parts(raw.endsWith("+") ? raw.substring(0, raw.length() - 1) : raw);
  }

  List<String> allParts() {
    return SourceNames.parts(raw());
  }

  private String stripped() {
    return raw().stripTrailing();
  }

  /** Whether all of it stands in this line. */
  boolean isAllOf(int lineNumber) {
    String raw = stripped();
    return !raw.isEmpty() && line == lineNumber && raw.indexOf('\n') < 0;
  }

  /** Its place in the text. */
  int from() {
    return from;
  }

  int end() {
    return from + stripped().length();
  }

  /** The place behind its first word, which is all of it when there is no equals sign missing. */
  int firstWordEnd() {
    String raw = stripped();
    int end = 0;
    while (end < raw.length() && !Character.isWhitespace(raw.charAt(end))) {
      end++;
    }
    return from + end;
  }

  List<String> firstWord() {
    return SourceNames.parts(name.substring(0, firstWordEnd() - from));
  }
}
