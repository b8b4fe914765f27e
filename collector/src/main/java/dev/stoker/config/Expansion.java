package dev.stoker.config;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValue;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Estimates from above how large a config gets when its substitutions are put in. Thirty lines that
 * each name the line before twice would fill any memory, and the resolver has no bound.
 */
final class Expansion {
  private static final Pattern SUBSTITUTION = Pattern.compile("\\$\\{\\??([^}]*)}");
  private static final long MAX = 1L << 40;

  private final Map<String, ConfigValue> values = new HashMap<>();
  private final Map<String, Long> sizes = new HashMap<>();
  private final Set<String> open = new HashSet<>();

  private Expansion() {}

  /** Characters; no more than 2^40. */
  static long size(ConfigObject unresolved) {
    Expansion expansion = new Expansion();
    expansion.index(unresolved, "");
    long size = expansion.of(unresolved, "");
    for (String path : expansion.values.keySet().stream().sorted().toList()) {
      size = Math.max(size, expansion.at(path));
    }
    return size;
  }

  private void index(ConfigObject object, String path) {
    object.forEach(
        (key, value) -> {
          String child = Node.join(path, key);
          values.put(child, value);
          if (value instanceof ConfigObject nested && !delayed(nested)) {
            index(nested, child);
          }
        });
  }

  private long at(String path) {
    Long known = sizes.get(path);
    if (known != null) {
      return known;
    }
    ConfigValue value = values.get(path);
    if (value == null || !open.add(path)) {
      return 0; // from the environment, or a cycle, which the resolver reports
    }
    long size = of(value, path);
    open.remove(path);
    sizes.put(path, size);
    return size;
  }

  private long of(ConfigValue value, String path) {
    if (value instanceof ConfigObject object && !delayed(object)) {
      long sum = 1;
      for (String key : object.keySet()) {
        sum = Math.min(MAX, sum + at(Node.join(path, key)));
      }
      return sum;
    }
    if (value instanceof ConfigList list) {
      long sum = 1;
      for (ConfigValue element : list) {
        sum = Math.min(MAX, sum + text(element, path));
      }
      return sum;
    }
    return text(value, path);
  }

  /**
   * Former values of the same path are rendered one after another, with commas between; each that
   * names the path n times makes it n times as long.
   */
  private long text(ConfigValue value, String own) {
    String text = value.render(ConfigRenderOptions.concise());
    long sum = text.length();
    long factor = 1;
    for (String part : text.split(",", -1)) {
      Matcher matcher = SUBSTITUTION.matcher(part);
      int self = 0;
      while (matcher.find()) {
        if (matcher.group(1).equals(own)) {
          self++;
        } else {
          sum = Math.min(MAX, sum + at(indexed(matcher.group(1))));
        }
      }
      factor = Math.min(MAX, factor * Math.max(1, self));
    }
    return factor > MAX / sum ? MAX : sum * factor;
  }

  /** A path into something that is itself still to be merged counts as the whole of it. */
  private String indexed(String path) {
    String known = path;
    while (!values.containsKey(known) && known.indexOf('.') > 0) {
      known = known.substring(0, known.lastIndexOf('.'));
    }
    return known;
  }

  private static boolean delayed(ConfigObject object) {
    try {
      return object.size() < 0;
    } catch (ConfigException.NotResolved yes) {
      return true;
    }
  }
}
