package dev.stoker.alloy.eval;

import dev.stoker.alloy.syntax.Value;
import dev.stoker.alloy.syntax.Value.Text;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Fills in the values of environment variables, where the config is run and not written down. */
public final class Variables {
  /** The same value where it has no variable, or where their values are not known. */
  public static Value filledIn(Value value, Evaluator.Surroundings surroundings) {
    if (value instanceof Text text) {
      return text(text, surroundings);
    }
    if (value instanceof Value.Items items) {
      List<Value.Item> filled = new ArrayList<>();
      items.items().forEach(item -> filled.add(item(item, surroundings)));
      return new Value.Items(filled, items.leftover());
    }
    if (value instanceof Value.Entries entries) {
      List<Value.Entry> filled = new ArrayList<>();
      entries
          .entries()
          .forEach(
              entry -> filled.add(new Value.Entry(entry.key(), item(entry.item(), surroundings))));
      return new Value.Entries(filled, entries.leftover());
    }
    return value;
  }

  private static Value.Item item(Value.Item item, Evaluator.Surroundings surroundings) {
    return new Value.Item(filledIn(item.value(), surroundings), item.comments(), item.line());
  }

  /** See {@link #filledIn}. */
  public static Text text(Text text, Evaluator.Surroundings surroundings) {
    if (text.isPlain()) {
      return text;
    }
    StringBuilder plain = new StringBuilder();
    for (Value.Part part : text.parts()) {
      @Nullable String known =
          part.substitution() ? surroundings.environment(part.text()) : part.text();
      if (known == null || plain.length() + known.length() > Texts.MAX_LENGTH) {
        return text;
      }
      plain.append(known);
    }
    return Text.of(plain.toString());
  }

  private Variables() {}
}
