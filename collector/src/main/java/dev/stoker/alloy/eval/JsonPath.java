package dev.stoker.alloy.eval;

import dev.stoker.alloy.syntax.AlloyError;
import dev.stoker.alloy.syntax.Value;
import dev.stoker.alloy.syntax.Value.Entries;
import dev.stoker.alloy.syntax.Value.Items;
import dev.stoker.alloy.syntax.Value.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * <code>json_path</code>: names, indices, <code>*</code>, <code>..</code> and filters that compare
 * one value. Others are errors.
 */
final class JsonPath {
  private static final Pattern STEP =
      Pattern.compile(
          "(?<deep>\\.\\.)?(?:"
              + "\\.?(?<name>[\\p{L}_][\\p{L}\\p{N}_-]*|\\*)"
              + "|\\[\\s*(?:'(?<single>[^']*)'|\"(?<double>[^\"]*)\")\\s*\\]"
              + "|\\[\\s*(?<index>-?\\d{1,6}|\\*)\\s*\\]"
              + "|\\[\\?\\(?\\s*@(?<path>(?:\\.[\\p{L}_][\\p{L}\\p{N}_-]*)+)\\s*"
              + "(?:(?<sign>==|!=)\\s*(?:'(?<one>[^']*)'|\"(?<two>[^\"]*)\"|(?<plain>[\\w.-]+)))?"
              + "\\s*\\)?\\])");

  private final int line;
  private int seen;

  JsonPath(int line) {
    this.line = line;
  }

  List<Value> find(Value root, String path) throws AlloyError {
    List<Value> found = List.of(root);
    String rest = path.startsWith("$") ? path.substring(1) : path;
    Matcher step = STEP.matcher(rest);
    int at = 0;
    while (at < rest.length()) {
      step.region(at, rest.length());
      if (!step.lookingAt() || step.end() == at) {
        throw new AlloyError(
            line,
            "json_path knows .name, [\"name\"], [1], [*], .. and [?(@.name == \"value\")] here, but"
                + " no "
                + rest.substring(at)
                + "; write the result");
      }
      List<Value> next = new ArrayList<>();
      for (Value each : step.group("deep") == null ? found : all(found)) {
        take(step, each, next);
      }
      found = next;
      at = step.end();
    }
    return found;
  }

  private void take(Matcher step, Value from, List<Value> found) throws AlloyError {
    if (++seen > Call.MAX_ITEMS) {
      throw new AlloyError(line, "json_path finds too much; write the result");
    }
    String name = first(step, "name", "single", "double");
    String index = step.group("index");
    if (step.group("path") != null) {
      children(from).stream().filter(child -> passes(step, child)).forEach(found::add);
    } else if ("*".equals(step.group("name")) || "*".equals(index)) {
      found.addAll(children(from));
    } else if (name != null && from instanceof Entries entries) {
      Value value = Lists.value(entries, name);
      if (value != null) {
        found.add(value);
      }
    } else if (index != null && from instanceof Items items) {
      int at = Integer.parseInt(index);
      int wanted = at < 0 ? items.items().size() + at : at;
      if (wanted >= 0 && wanted < items.items().size()) {
        found.add(items.items().get(wanted).value());
      }
    }
  }

  private static boolean passes(Matcher step, Value child) {
    Value value = child;
    for (String name : step.group("path").substring(1).split("\\.", -1)) {
      Value next = value instanceof Entries entries ? Lists.value(entries, name) : null;
      if (next == null) {
        return "!=".equals(step.group("sign"));
      }
      value = next;
    }
    if (step.group("sign") == null) {
      return true;
    }
    String text = first(step, "one", "two");
    boolean same =
        text != null
            ? value.equals(Text.of(text))
            : !(value instanceof Text) && shown(value).equals(step.group("plain"));
    return same == step.group("sign").equals("==");
  }

  private static String shown(Value value) {
    if (value instanceof Value.Num num) {
      return Numbers.show(num.number());
    }
    return value instanceof Value.Bool bool ? Boolean.toString(bool.value()) : "null";
  }

  private static @org.jspecify.annotations.Nullable String first(Matcher step, String... groups) {
    for (String group : groups) {
      if (step.group(group) != null) {
        return step.group(group);
      }
    }
    return null;
  }

  private static List<Value> children(Value of) {
    if (of instanceof Items items) {
      return items.items().stream().map(Value.Item::value).toList();
    }
    return of instanceof Entries entries
        ? entries.entries().stream().map(entry -> entry.item().value()).toList()
        : List.of();
  }

  /** These values, and all that are in them. */
  private List<Value> all(List<Value> values) throws AlloyError {
    List<Value> all = new ArrayList<>(values);
    for (int i = 0; i < all.size(); i++) {
      all.addAll(children(all.get(i)));
      if (all.size() > Call.MAX_ITEMS) {
        throw new AlloyError(line, "json_path finds too much; write the result");
      }
    }
    return all;
  }
}
