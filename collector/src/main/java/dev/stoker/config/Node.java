package dev.stoker.config;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The binder: one object of the config, read argument by argument. Whatever is asked for is known;
 * {@link #finish} reports the rest. A wrong value is reported and its default used, so that reading
 * goes on and finds all problems.
 */
final class Node {
  private final ConfigObject object;
  private final String path;
  private final Problems problems;
  private final Set<String> asked = new TreeSet<>();

  Node(ConfigObject object, String path, Problems problems) {
    this.object = object;
    this.path = path;
    this.problems = problems;
  }

  String path() {
    return path;
  }

  ConfigOrigin origin() {
    return object.origin();
  }

  Set<String> keys() {
    return object.keySet();
  }

  boolean has(String key) {
    asked.add(key);
    return value(key) != null;
  }

  @Nullable ConfigValue value(String key) {
    asked.add(key);
    ConfigValue value = object.get(key);
    return value == null || value.valueType() == ConfigValueType.NULL ? null : value;
  }

  void error(String key, String message) {
    ConfigValue value = object.get(key);
    problems.error(value == null ? object.origin() : value.origin(), child(key), message);
  }

  void warning(String key, String message) {
    ConfigValue value = object.get(key);
    problems.warning(value == null ? object.origin() : value.origin(), child(key), message);
  }

  String child(String key) {
    String element = key.matches("[A-Za-z0-9_-]+") ? key : ConfigUtil.quoteString(key);
    return path.isEmpty() ? element : path + "." + element;
  }

  String string(String key, String fallback) {
    ConfigValue value = value(key);
    if (value == null) {
      return fallback;
    }
    if (value.valueType() == ConfigValueType.OBJECT || value.valueType() == ConfigValueType.LIST) {
      error(key, "is " + kind(value) + "; write a string");
      return fallback;
    }
    return String.valueOf(value.unwrapped());
  }

  boolean bool(String key, boolean fallback) {
    ConfigValue value = value(key);
    if (value == null) {
      return fallback;
    }
    String text = String.valueOf(value.unwrapped());
    if (text.equals("true") || text.equals("false")) {
      return text.equals("true");
    }
    error(key, "is " + kind(value) + "; write true or false");
    return fallback;
  }

  /**
   * @param min smallest that makes sense
   */
  Duration duration(String key, Duration fallback, Duration min) {
    Duration read = optionalDuration(key);
    if (read == null) {
      return fallback;
    }
    if (read.compareTo(min) < 0) {
      error(
          key,
          min.isZero()
              ? "is negative; write a duration such as 10s"
              : "is too short; write at least " + min.toMillis() + "ms");
      return fallback;
    }
    return read;
  }

  @Nullable Duration optionalDuration(String key) {
    ConfigValue value = value(key);
    if (value == null) {
      return null;
    }
    String text = String.valueOf(value.unwrapped());
    if (value.valueType() == ConfigValueType.NUMBER || text.matches("\\s*[0-9.]+\\s*")) {
      error(key, "has no unit: " + text + "; write a duration such as 15s, 500ms or 5m");
      return null;
    }
    try {
      Duration read = object.toConfig().getDuration(ConfigUtil.joinPath(key));
      if (read.compareTo(Duration.ofDays(3650)) > 0) {
        error(key, "is longer than ten years; write a duration such as 15s");
        return null;
      }
      return read;
    } catch (ConfigException | ArithmeticException bad) {
      error(key, "is no duration: " + shown(value) + "; write one such as 15s, 500ms or 5m");
      return null;
    }
  }

  /** Bytes: a plain number or HOCON's sizes. */
  long size(String key, long fallback) {
    ConfigValue value = value(key);
    if (value == null) {
      return fallback;
    }
    try {
      long read = object.toConfig().getBytes(ConfigUtil.joinPath(key));
      if (read >= 0) {
        return read;
      }
      error(key, "is negative; write a size such as 16MiB, or 0");
    } catch (ConfigException | ArithmeticException bad) {
      error(key, "is no size: " + shown(value) + "; write one such as 16MiB");
    }
    return fallback;
  }

  int count(String key, int fallback, int min) {
    ConfigValue value = value(key);
    if (value == null) {
      return fallback;
    }
    try {
      int read = new BigDecimal(String.valueOf(value.unwrapped())).intValueExact();
      if (read >= min) {
        return read;
      }
      error(key, "is " + read + "; write a number of at least " + min);
    } catch (NumberFormatException | ArithmeticException bad) {
      error(key, "is " + kind(value) + "; write a whole number");
    }
    return fallback;
  }

  String choice(String key, List<String> choices, String fallback) {
    String read = string(key, fallback).toLowerCase(Locale.ROOT);
    if (choices.contains(read)) {
      return read;
    }
    error(
        key,
        "is \""
            + read
            + "\"; write one of "
            + String.join(", ", choices)
            + DidYouMean.hint(read, choices));
    return fallback;
  }

  @Nullable Node object(String key) {
    ConfigValue value = value(key);
    if (value == null) {
      return null;
    }
    if (value instanceof ConfigObject child) {
      return new Node(child, child(key), problems);
    }
    // The value is not shown: it may be a secret in the wrong shape (headers = "…").
    error(
        key, "is a " + value.valueType().name().toLowerCase(Locale.ROOT) + "; write a block { … }");
    return null;
  }

  /** The elements; one that is no list is a list of one, as people write it. */
  List<ConfigValue> list(String key) {
    ConfigValue value = value(key);
    if (value == null) {
      return List.of();
    }
    return value instanceof ConfigList list ? new ArrayList<>(list) : List.of(value);
  }

  /** A block of strings. */
  Map<String, String> strings(String key) {
    Map<String, String> read = new LinkedHashMap<>();
    Node block = object(key);
    if (block != null) {
      for (String name : block.keys()) {
        read.put(name, block.string(name, ""));
      }
    }
    return read;
  }

  /** Everything that nobody asked for is unknown. */
  void finish() {
    for (String key : object.keySet()) {
      if (!asked.contains(key)) {
        error(key, "unknown argument" + DidYouMean.hint(key, asked) + known());
      }
    }
  }

  private String known() {
    return asked.isEmpty() ? "" : " (known: " + String.join(", ", asked) + ")";
  }

  static String kind(ConfigValue value) {
    return switch (value.valueType()) {
      case OBJECT -> "a block";
      case LIST -> "a list";
      case NUMBER -> "the number " + value.unwrapped();
      case BOOLEAN -> "the boolean " + value.unwrapped();
      case NULL -> "null";
      case STRING -> "the string " + shown(value);
    };
  }

  private static String shown(ConfigValue value) {
    if (value.valueType() == ConfigValueType.OBJECT || value.valueType() == ConfigValueType.LIST) {
      return kind(value);
    }
    String text = String.valueOf(value.unwrapped());
    return "\"" + (text.length() > 60 ? text.substring(0, 60) + "…" : text) + "\"";
  }
}
