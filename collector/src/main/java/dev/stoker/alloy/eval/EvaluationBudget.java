package dev.stoker.alloy.eval;

import dev.stoker.alloy.syntax.AlloyError;
import dev.stoker.alloy.syntax.Value;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Bounds of what the evaluation of one file may make: a text of some hundred kilobytes can ask for
 * any amount of memory. Used once.
 */
final class EvaluationBudget {
  /** Results of functions and operators and contents of files; a HOCON config has at most 1 Mi. */
  static final long MAX_CHARS = 16L << 20;

  /** A file whose name is the content of a file whose name is … */
  static final int MAX_FILE_DEPTH = 8;

  /** The cost of a list's element besides its text. */
  private static final int ITEM_CHARS = 64;

  private long chars;

  /**
   * Counts a value that has just been made.
   *
   * @return the value
   */
  Value charge(Value value, int line) throws AlloyError {
    Deque<Value> open = new ArrayDeque<>();
    open.add(value);
    while (!open.isEmpty()) {
      Value next = open.remove();
      chars += ITEM_CHARS;
      if (next instanceof Value.Text text) {
        chars += text.length() + (long) ITEM_CHARS * text.parts().size();
      } else if (next instanceof Value.Items items) {
        items.items().forEach(item -> open.add(item.value()));
      } else if (next instanceof Value.Entries entries) {
        for (Value.Entry entry : entries.entries()) {
          chars += entry.key().length();
          open.add(entry.item().value());
        }
      }
      if (chars > MAX_CHARS) {
        throw new AlloyError(
            line,
            "the values of this file grow over "
                + (MAX_CHARS >> 20)
                + " Mi characters; join and repeat less");
      }
    }
    return value;
  }
}
