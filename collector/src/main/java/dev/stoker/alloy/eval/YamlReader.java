package dev.stoker.alloy.eval;

import dev.stoker.alloy.syntax.AlloyError;
import dev.stoker.alloy.syntax.Parser;
import dev.stoker.alloy.syntax.Value;
import dev.stoker.alloy.syntax.Value.Item;
import dev.stoker.alloy.syntax.Value.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;

/** YAML to values, for <code>encoding.from_yaml</code>. */
final class YamlReader {
  /** Aliases make a small text a large value. */
  private static final int MAX_VALUES = 100_000;

  private final String text;
  private final int line;
  private int made;

  YamlReader(String text, int line) {
    this.text = text;
    this.line = line;
  }

  Value read() throws AlloyError {
    LoaderOptions options = new LoaderOptions();
    options.setNestingDepthLimit(Parser.MAX_DEPTH);
    options.setMaxAliasesForCollections(50);
    options.setCodePointLimit(Texts.MAX_LENGTH);
    options.setAllowDuplicateKeys(false);
    try {
      return value(new Yaml(new SafeConstructor(options)).load(text), 0);
    } catch (YAMLException | ClassCastException malformed) {
      throw bad();
    }
  }

  private Value value(@Nullable Object object, int depth) throws AlloyError {
    if (depth > Parser.MAX_DEPTH || ++made > MAX_VALUES) {
      throw bad();
    }
    if (object == null) {
      return new Value.Nothing();
    }
    if (object instanceof Boolean bool) {
      return new Value.Bool(bool);
    }
    if (object instanceof Number number) {
      boolean whole = !(number instanceof Double) && !(number instanceof Float);
      return new Value.Num(number.doubleValue(), whole);
    }
    if (object instanceof List<?> list) {
      List<Item> items = new ArrayList<>();
      for (Object each : list) {
        items.add(new Item(value(each, depth + 1), List.of(), line));
      }
      return new Value.Items(items, List.of());
    }
    if (object instanceof Map<?, ?> map) {
      List<Value.Entry> entries = new ArrayList<>();
      for (Map.Entry<?, ?> each : map.entrySet()) {
        Item item = new Item(value(each.getValue(), depth + 1), List.of(), line);
        entries.add(new Value.Entry(String.valueOf(each.getKey()), item));
      }
      return new Value.Entries(entries, List.of());
    }
    if (object instanceof String plain) {
      return Text.of(plain);
    }
    throw new AlloyError(
        line, "the YAML has a date or bytes; write it as a string, in quotes, in the YAML");
  }

  private AlloyError bad() {
    return new AlloyError(line, "the text is no well-formed YAML, or nested too deep, or too long");
  }
}
