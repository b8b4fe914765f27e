package dev.stoker.alloy.syntax;

import java.util.List;

/**
 * @param text of a string: its value
 * @param comments that stand before it
 */
record Token(Kind kind, String text, int line, int column, List<Comment> comments) {
  enum Kind {
    WORD,
    STRING,
    NUMBER,
    SIGN,
    NEWLINE,
    END
  }

  boolean is(String sign) {
    return kind == Kind.SIGN && text.equals(sign);
  }

  String describe() {
    return switch (kind) {
      case NEWLINE -> "the end of the line";
      case END -> "the end of the file";
      case STRING -> "a string";
      default -> "\"" + (text.length() > 40 ? text.substring(0, 40) + "…" : text) + "\"";
    };
  }
}
