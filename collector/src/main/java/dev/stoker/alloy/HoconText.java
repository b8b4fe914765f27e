package dev.stoker.alloy;

import dev.stoker.alloy.syntax.Value;
import dev.stoker.alloy.syntax.Value.Text;
import java.util.Set;
import java.util.regex.Pattern;

/** How keys and plain values are written in HOCON. */
final class HoconText {
  private static final Pattern PLAIN_KEY = Pattern.compile("[A-Za-z][A-Za-z0-9_]*");
  private static final Set<String> WORDS = Set.of("include", "true", "false", "null");

  static String key(String name) {
    return PLAIN_KEY.matcher(name).matches() && !WORDS.contains(name) ? name : quoted(name);
  }

  static String text(Text text) {
    if (text.parts().isEmpty()) {
      return "\"\"";
    }
    StringBuilder out = new StringBuilder();
    for (Value.Part part : text.parts()) {
      out.append(part.substitution() ? "${?" + part.text() + "}" : string(part.text()));
    }
    return out.toString();
  }

  private static String string(String plain) {
    boolean lines = plain.strip().indexOf('\n') >= 0;
    boolean simple =
        plain.chars().allMatch(c -> c >= ' ' && c != 127 || c == '\n')
            && !plain.contains("\"\"\"")
            && !plain.endsWith("\"");
    return lines && simple ? "\"\"\"" + plain + "\"\"\"" : quoted(plain);
  }

  /** Quotes a text as JSON does. */
  static String quoted(String plain) {
    StringBuilder out = new StringBuilder("\"");
    for (int i = 0; i < plain.length(); i++) {
      char c = plain.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (c < ' ' || c == 127 || Character.isSurrogate(c)) {
            out.append(String.format("\\u%04x", (int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    return out.append('"').toString();
  }

  private HoconText() {}
}
