package dev.stoker.alloy.eval;

import dev.stoker.alloy.syntax.AlloyError;
import dev.stoker.alloy.syntax.Value;
import dev.stoker.alloy.syntax.Value.Items;
import dev.stoker.alloy.syntax.Value.Text;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The functions of Alloy's standard library, under both of their names. */
final class Functions {
  /** The names that functions had before they were in groups. */
  private static final Map<String, String> OLD_NAMES =
      Map.ofEntries(
          Map.entry("env", "sys.env"),
          Map.entry("concat", "array.concat"),
          Map.entry("format", "string.format"),
          Map.entry("join", "string.join"),
          Map.entry("to_lower", "string.to_lower"),
          Map.entry("to_upper", "string.to_upper"),
          Map.entry("trim", "string.trim"),
          Map.entry("trim_space", "string.trim_space"),
          Map.entry("strings.trim_space", "string.trim_space"),
          Map.entry("trim_prefix", "string.trim_prefix"),
          Map.entry("trim_suffix", "string.trim_suffix"),
          Map.entry("replace", "string.replace"),
          Map.entry("split", "string.split"),
          Map.entry("json_decode", "encoding.from_json"),
          Map.entry("yaml_decode", "encoding.from_yaml"),
          Map.entry("base64_decode", "encoding.from_base64"),
          Map.entry("path_join", "file.path_join"),
          Map.entry("nonsensitive", "convert.nonsensitive"));

  private static final Set<String> OTHERS =
      Set.of(
          "coalesce",
          "json_path",
          "array.combine_maps",
          "array.group_by",
          "encoding.from_URLbase64",
          "encoding.to_URLbase64",
          "encoding.to_base64",
          "encoding.to_json",
          "encoding.url_encode",
          "encoding.url_decode");

  /** These take environment variables as they are: HOCON fills them in. */
  private static final Set<String> TAKE_VARIABLES =
      Set.of("coalesce", "array.concat", "string.format", "string.join", "convert.nonsensitive");

  private final Evaluator.Surroundings surroundings;
  private final int line;

  Functions(Evaluator.Surroundings surroundings, int line) {
    this.surroundings = surroundings;
    this.line = line;
  }

  private static String name(String written) {
    return OLD_NAMES.getOrDefault(written, written);
  }

  /** The content of a file may be its argument as it is. */
  static boolean isTransparent(String written) {
    return name(written).equals("convert.nonsensitive");
  }

  Value call(String written, List<Value> arguments) throws AlloyError {
    String name = name(written);
    List<Value> known = arguments;
    if (!TAKE_VARIABLES.contains(name)) {
      known = new ArrayList<>();
      for (Value argument : arguments) {
        known.add(Variables.filledIn(argument, surroundings));
      }
    }
    Call call = new Call(written, known, line);
    return switch (name) {
      case "sys.env" -> Texts.environment(call.one(), line);
      case "coalesce" -> coalesce(arguments);
      case "convert.nonsensitive" -> call.one();
      case "json_path" -> jsonPath(call);
      case "array.concat" -> Lists.concat(call);
      case "array.combine_maps" -> Lists.combineMaps(call);
      case "array.group_by" -> Lists.groupBy(call);
      case "string.format" -> new Format(line, surroundings).apply(arguments);
      case "file.path_join" -> Strings.pathJoin(call);
      default -> name.startsWith("encoding.") ? encoding(name, call) : string(name, call);
    };
  }

  private Value string(String name, Call call) throws AlloyError {
    return switch (name) {
      case "string.join" -> Strings.join(call);
      case "string.to_lower" -> Text.of(call.plainOne().toLowerCase(Locale.ROOT));
      case "string.to_upper" -> Text.of(call.plainOne().toUpperCase(Locale.ROOT));
      case "string.trim_space" -> Text.of(call.plainOne().strip());
      case "string.trim" -> Strings.trim(call);
      case "string.trim_prefix" -> Strings.trimPrefix(call);
      case "string.trim_suffix" -> Strings.trimSuffix(call);
      case "string.replace" -> Strings.replace(call);
      case "string.split" -> Strings.split(call);
      default -> throw unknown(call.name());
    };
  }

  private Value encoding(String name, Call call) throws AlloyError {
    return switch (name) {
      case "encoding.from_json" -> new JsonReader(call.plainOne(), line).read();
      case "encoding.from_yaml" -> new YamlReader(call.plainOne(), line).read();
      case "encoding.to_json" -> Text.of(Encoding.json(call.one(), line));
      case "encoding.from_base64" -> Encoding.fromBase64(call, Base64.getDecoder());
      case "encoding.from_URLbase64" -> Encoding.fromBase64(call, Base64.getUrlDecoder());
      case "encoding.to_base64" -> Encoding.toBase64(call, Base64.getEncoder());
      case "encoding.to_URLbase64" -> Encoding.toBase64(call, Base64.getUrlEncoder());
      case "encoding.url_encode" -> Encoding.urlEncode(call);
      case "encoding.url_decode" -> Encoding.urlDecode(call);
      default -> throw unknown(call.name());
    };
  }

  private AlloyError unknown(String name) {
    Set<String> known = new TreeSet<>(OTHERS);
    known.addAll(OLD_NAMES.values());
    return new AlloyError(
        line,
        "there is no function "
            + name
            + surroundings
                .nearest(name, known)
                .map(near -> "; did you mean " + near + "?")
                .orElse("; there are: " + String.join(", ", known)));
  }

  private Value jsonPath(Call call) throws AlloyError {
    call.takes(2, 2);
    Value root = new JsonReader(call.plain(0), line).read();
    List<Value.Item> items =
        new JsonPath(line).find(root, call.plain(1)).stream().map(call::item).toList();
    return new Items(items, List.of());
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
}
