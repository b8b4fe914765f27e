package dev.stoker.alloy.eval;

import dev.stoker.alloy.syntax.AlloyError;
import dev.stoker.alloy.syntax.Value;
import dev.stoker.alloy.syntax.Value.Part;
import dev.stoker.alloy.syntax.Value.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Texts that may hold substitutions. */
public final class Texts {
  /** Nothing in a config is longer. */
  public static final int MAX_LENGTH = 256 << 10;

  private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  static Text environment(Value name, int line) throws AlloyError {
    String plain = plain(name, "the name of an environment variable", line);
    if (!VARIABLE.matcher(plain).matches()) {
      throw new AlloyError(
          line, "is no name of an environment variable; use letters, digits and _");
    }
    return Text.substitution(plain);
  }

  static Text join(List<Text> texts, int line) throws AlloyError {
    List<Part> parts = new ArrayList<>();
    StringBuilder plain = new StringBuilder();
    for (Text text : texts) {
      for (Part part : text.parts()) {
        if (part.substitution()) {
          flush(plain, parts);
          parts.add(part);
        } else {
          plain.append(part.text());
        }
        if (plain.length() > MAX_LENGTH || parts.size() > MAX_LENGTH / 16) {
          throw tooLong(line);
        }
      }
    }
    flush(plain, parts);
    return new Text(List.copyOf(parts));
  }

  private static void flush(StringBuilder plain, List<Part> parts) {
    if (plain.length() > 0) {
      parts.add(new Part(plain.toString(), false));
      plain.setLength(0);
    }
  }

  static AlloyError tooLong(int line) {
    return new AlloyError(line, "makes a text of more than " + MAX_LENGTH + " characters");
  }

  /** The plain text of a value, which an operator or a function must know to work. */
  public static String plain(Value value, String what, int line) throws AlloyError {
    if (value instanceof Text text) {
      if (text.isPlain()) {
        return text.plain();
      }
      throw new AlloyError(
          line,
          what
              + " depends on an environment variable, which is not known here; write the result, or"
              + " use the variable as a whole");
    }
    throw new AlloyError(line, what + " must be a string, but is " + value.describe());
  }

  private Texts() {}
}
