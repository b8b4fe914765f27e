package dev.stoker.alloy.eval;

import dev.stoker.alloy.syntax.AlloyError;
import dev.stoker.alloy.syntax.Value;
import dev.stoker.alloy.syntax.Value.Item;
import dev.stoker.alloy.syntax.Value.Items;
import dev.stoker.alloy.syntax.Value.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The functions of Alloy's standard library that profile configs use, under both of their names.
 */
final class Functions {
  private static final int MAX_ITEMS = 100_000;

  private final Evaluator.Surroundings surroundings;
  private final int line;

  Functions(Evaluator.Surroundings surroundings, int line) {
    this.surroundings = surroundings;
    this.line = line;
  }

  Value call(String name, List<Value> arguments) throws AlloyError {
    return switch (name) {
      case "sys.env", "env" -> Texts.environment(one(name, arguments), line);
      case "coalesce" -> coalesce(arguments);
      case "concat", "array.concat" -> concat(arguments);
      case "string.format", "format" -> new Format(line).apply(arguments);
      case "string.join", "join" -> join(arguments);
      case "string.to_lower", "to_lower" ->
          Text.of(plain(one(name, arguments)).toLowerCase(Locale.ROOT));
      case "string.to_upper", "to_upper" ->
          Text.of(plain(one(name, arguments)).toUpperCase(Locale.ROOT));
      case "string.trim_space", "trim_space" -> Text.of(plain(one(name, arguments)).strip());
      case "string.trim_prefix", "trim_prefix" -> {
        String text = plain(arg(name, arguments, 0, 2));
        String prefix = plain(arg(name, arguments, 1, 2));
        yield Text.of(text.startsWith(prefix) ? text.substring(prefix.length()) : text);
      }
      case "string.trim_suffix", "trim_suffix" -> {
        String text = plain(arg(name, arguments, 0, 2));
        String suffix = plain(arg(name, arguments, 1, 2));
        yield Text.of(
            text.endsWith(suffix) ? text.substring(0, text.length() - suffix.length()) : text);
      }
      case "string.replace", "replace" -> replace(name, arguments);
      case "string.split", "split" -> split(name, arguments);
      case "encoding.from_json", "json_decode" ->
          new JsonReader(plain(one(name, arguments)), line).read();
      case "convert.nonsensitive", "nonsensitive" -> one(name, arguments);
      default ->
          throw new AlloyError(
              line,
              "the function "
                  + name
                  + " cannot be worked out here; write its result (known are sys.env, coalesce,"
                  + " array.concat, string.format, string.join and the like, encoding.from_json)");
    };
  }

  private Value one(String name, List<Value> arguments) throws AlloyError {
    return arg(name, arguments, 0, 1);
  }

  private Value arg(String name, List<Value> arguments, int at, int count) throws AlloyError {
    if (arguments.size() != count) {
      throw new AlloyError(
          line, name + " takes " + count + " arguments, but has " + arguments.size());
    }
    return arguments.get(at);
  }

  private String plain(Value value) throws AlloyError {
    return Texts.plain(value, "an argument", line);
  }

  /**
   * The first that is not empty. What is an environment variable may be empty when the daemon
   * starts: then HOCON's later definitions win over earlier ones.
   */
  private Value coalesce(List<Value> arguments) throws AlloyError {
    List<Text> open = new ArrayList<>();
    for (Value argument : arguments) {
      if (isEmpty(argument)) {
        continue;
      }
      boolean mayBeEmpty =
          argument instanceof Text text && text.parts().stream().allMatch(Value.Part::substitution);
      if (mayBeEmpty) {
        Text text = (Text) argument;
        if (text.parts().size() > 1) {
          throw new AlloyError(line, "coalesce of joined variables cannot be written; join less");
        }
        if (!open.contains(text)) {
          open.add(text);
        }
      } else if (open.isEmpty()) {
        return argument;
      } else if (argument instanceof Text text) {
        open.add(text);
        break;
      } else {
        throw new AlloyError(
            line,
            "coalesce of a variable and " + argument.describe() + " cannot be written; choose one");
      }
    }
    if (open.isEmpty()) {
      return arguments.isEmpty() ? new Value.Nothing() : arguments.get(arguments.size() - 1);
    }
    return open.size() == 1 ? open.get(0) : Text.substitution(surroundings.variable(open));
  }

  private static boolean isEmpty(Value value) {
    return value instanceof Value.Nothing
        || value instanceof Text text && text.parts().isEmpty()
        || value instanceof Items items && items.items().isEmpty()
        || value instanceof Value.Entries entries && entries.entries().isEmpty()
        || value instanceof Value.Num num && num.number() == 0
        || value instanceof Value.Bool bool && !bool.value();
  }

  private Value concat(List<Value> arguments) throws AlloyError {
    List<Item> items = new ArrayList<>();
    for (Value argument : arguments) {
      if (argument instanceof Items list) {
        items.addAll(list.items());
      } else if (argument instanceof Value.Reference) {
        items.add(new Item(argument, List.of(), line));
      } else {
        throw new AlloyError(line, "concat takes lists, but has " + argument.describe());
      }
      if (items.size() > MAX_ITEMS) {
        throw new AlloyError(line, "makes a list of more than " + MAX_ITEMS + " elements");
      }
    }
    return new Items(items, List.of());
  }

  private Value join(List<Value> arguments) throws AlloyError {
    Value list = arg("string.join", arguments, 0, 2);
    Text separator = text(arg("string.join", arguments, 1, 2));
    if (!(list instanceof Items items)) {
      throw new AlloyError(line, "string.join takes a list first, but has " + list.describe());
    }
    List<Text> texts = new ArrayList<>();
    for (Item item : items.items()) {
      if (!texts.isEmpty()) {
        texts.add(separator);
      }
      texts.add(text(item.value()));
    }
    return Texts.join(texts, line);
  }

  private Text text(Value value) throws AlloyError {
    if (value instanceof Text text) {
      return text;
    }
    throw new AlloyError(line, "an argument must be a string, but is " + value.describe());
  }

  private Value replace(String name, List<Value> arguments) throws AlloyError {
    String text = plain(arg(name, arguments, 0, 3));
    String old = plain(arg(name, arguments, 1, 3));
    String with = plain(arg(name, arguments, 2, 3));
    if ((text.length() + 1L) * Math.max(1, with.length()) > Texts.MAX_LENGTH * 4L
        && text.length() + (long) with.length() > 1024) {
      throw Texts.tooLong(line);
    }
    return Text.of(text.replace(old, with));
  }

  private Value split(String name, List<Value> arguments) throws AlloyError {
    String text = plain(arg(name, arguments, 0, 2));
    String separator = plain(arg(name, arguments, 1, 2));
    List<Item> items = new ArrayList<>();
    if (separator.isEmpty() && text.length() > MAX_ITEMS) {
      throw new AlloyError(line, "makes a list of more than " + MAX_ITEMS + " elements");
    }
    for (String part : text.split(java.util.regex.Pattern.quote(separator), -1)) {
      items.add(new Item(Text.of(part), List.of(), line));
    }
    return new Items(items, List.of());
  }
}
