package dev.stoker.alloy.eval;

import dev.stoker.alloy.syntax.AlloyError;
import dev.stoker.alloy.syntax.Value;
import dev.stoker.alloy.syntax.Value.Text;
import java.util.ArrayList;
import java.util.List;

/** <code>string.format</code>: the verbs %s, %v, %d, %q and %%. */
final class Format {
  private final int line;
  private final List<Text> parts = new ArrayList<>();
  private int used = 1;

  Format(int line) {
    this.line = line;
  }

  Text apply(List<Value> arguments) throws AlloyError {
    if (arguments.isEmpty()) {
      throw new AlloyError(line, "string.format has no arguments");
    }
    String pattern = Texts.plain(arguments.get(0), "the format", line);
    int from = 0;
    for (int at = pattern.indexOf('%'); at >= 0; at = pattern.indexOf('%', from)) {
      parts.add(Text.of(pattern.substring(from, at)));
      char verb = at + 1 < pattern.length() ? pattern.charAt(at + 1) : ' ';
      if (verb == '%') {
        parts.add(Text.of("%"));
      } else {
        verb(verb, arguments);
      }
      from = at + 2;
    }
    parts.add(Text.of(pattern.substring(from)));
    if (used < arguments.size()) {
      throw new AlloyError(line, "string.format has more arguments than verbs");
    }
    return Texts.join(parts, line);
  }

  private void verb(char verb, List<Value> arguments) throws AlloyError {
    if ("svdq".indexOf(verb) < 0) {
      throw new AlloyError(
          line, "string.format knows %s, %v, %d, %q and %% here; write the result");
    }
    if (used >= arguments.size()) {
      throw new AlloyError(line, "string.format has fewer arguments than verbs");
    }
    Value argument = arguments.get(used++);
    if (argument instanceof Text text && verb != 'd') {
      Text quote = Text.of(verb == 'q' ? "\"" : "");
      parts.addAll(List.of(quote, text, quote));
    } else if (argument instanceof Value.Num num && (verb == 'd' || verb == 'v')) {
      parts.add(Text.of(Numbers.show(num.number())));
    } else if (argument instanceof Value.Bool bool && verb == 'v') {
      parts.add(Text.of(Boolean.toString(bool.value())));
    } else {
      throw new AlloyError(
          line, "string.format cannot put " + argument.describe() + " into %" + verb);
    }
  }
}
