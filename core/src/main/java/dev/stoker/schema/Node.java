package dev.stoker.schema;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A value of the config with its path and place.
 *
 * @param secret its text never appears in a message
 */
public record Node(ConfigValue value, String path, Place place, boolean secret, Scope scope) {
  private static final Pattern PLAIN_KEY = Pattern.compile("[A-Za-z0-9_-]+");

  /** Matches what may be a password in a URL, however malformed. */
  private static final Pattern USERINFO = Pattern.compile("(?:(?<=://)|^(?!.*://)).*@");

  /** The top of a config. */
  public static Node root(ConfigObject root, Place place, Scope scope) {
    return new Node(root, "", place, false, scope);
  }

  public void error(String message) {
    scope.problems().error(place, path, message);
  }

  /** The name is wrong, or something is missing in the block of that name. */
  public void errorOfName(String message) {
    scope.problems().error(place.ofName(), path, message);
  }

  public void warn(String message) {
    scope.problems().warn(place, path, message);
  }

  /** A substitution without a value is reported once, elsewhere. */
  public static boolean unresolved(ConfigValue value) {
    try {
      return value.valueType() == ConfigValueType.OBJECT && ((ConfigObject) value).size() < 0;
    } catch (ConfigException.NotResolved missing) {
      return true;
    }
  }

  public boolean isObject() {
    return value.valueType() == ConfigValueType.OBJECT;
  }

  public boolean isList() {
    return value.valueType() == ConfigValueType.LIST;
  }

  /** Text, numbers and booleans as HOCON shows them as text; empty for objects and lists. */
  public Optional<String> scalar() {
    return isObject() || isList() ? Optional.empty() : Optional.of(value.atKey("v").getString("v"));
  }

  /** Elements; anything else than a list counts as its only element. */
  public List<Node> elements() {
    if (!isList()) {
      return List.of(this);
    }
    List<Node> nodes = new ArrayList<>();
    int index = 0;
    for (ConfigValue element : (ConfigList) value) {
      if (!unresolved(element)) {
        nodes.add(child(element, path + "[" + index + "]"));
      }
      index++;
    }
    return nodes;
  }

  /** Children by key, in the order in which they are written; none unless this is an object. */
  public List<Map.Entry<String, Node>> children() {
    if (!isObject()) {
      return List.of();
    }
    List<Map.Entry<String, Node>> children = new ArrayList<>();
    ((ConfigObject) value)
        .forEach(
            (key, child) -> {
              if (!unresolved(child) && child.valueType() != ConfigValueType.NULL) {
                children.add(Map.entry(key, child(child, join(path, key))));
              }
            });
    children.sort(
        Comparator.comparing((Map.Entry<String, Node> child) -> child.getValue().place())
            .thenComparing(Map.Entry::getKey));
    return children;
  }

  private Node child(ConfigValue child, String childPath) {
    return new Node(child, childPath, scope.files().place(child.origin(), place), secret, scope);
  }

  /** The same, but hidden from messages. */
  public Node hidden() {
    return new Node(value, path, place, true, scope);
  }

  /** Last part of the path, as in <code>key = value</code>. */
  public String key() {
    return path.substring(path.lastIndexOf('.') + 1);
  }

  /** Describes the value in "must be …, but is …". */
  public String describe() {
    switch (value.valueType()) {
      case OBJECT:
        return "a block { … }";
      case LIST:
        return "a list";
      case NULL:
        return "null";
      case BOOLEAN:
        return secret ? "a boolean" : "the boolean " + value.unwrapped();
      case NUMBER:
        return secret ? "a number" : "the number " + scalar().orElse("");
      default:
        String shown = USERINFO.matcher(scalar().orElse("")).replaceAll("***@");
        return secret ? "a text" : "\"" + Texts.excerpt(shown) + "\"";
    }
  }

  public static String join(String path, String key) {
    String quoted = PLAIN_KEY.matcher(key).matches() ? key : ConfigUtil.quoteString(key);
    return path.isEmpty() ? quoted : path + "." + quoted;
  }
}
