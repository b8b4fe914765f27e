package dev.stoker.config;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValue;
import dev.stoker.schema.Node;
import dev.stoker.schema.Place;
import dev.stoker.schema.Scope;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Estimates from above how large a config gets when its substitutions are put in. Thirty lines that
 * each name the line before twice would fill any memory, and the resolver has no bound.
 */
final class Expansion {
  private static final Pattern SUBSTITUTION = Pattern.compile("\\$\\{\\??([^}]*)}");
  private static final long MAX = 1L << 40;

  /** A config may grow by this factor. Loading takes about a hundred bytes for each character. */
  private static final long MAX_GROWTH = 4L << 20;

  private final Map<String, ConfigValue> values = new HashMap<>();
  private final Map<String, Long> sizes = new HashMap<>();
  private final Set<String> open = new HashSet<>();
  private final Map<String, String> env;
  private boolean circular;

  private Expansion(Map<String, String> env) {
    this.env = env;
  }

  /**
   * Reports it; must be asked before substitutions are resolved.
   *
   * @param written bytes of all files
   */
  static boolean isTooLarge(ConfigObject unresolved, Scope scope, Place whole, long written) {
    long limit = MAX_GROWTH + 2 * written;
    boolean tooLarge = size(unresolved, scope.env()) > limit;
    if (tooLarge) {
      scope
          .problems()
          .error(
              whole,
              "",
              "its substitutions expand to more than "
                  + (limit >> 20)
                  + " MiB of text; repeat less");
    }
    return tooLarge;
  }

  /** Characters; no more than 2^40. */
  static long size(ConfigObject unresolved, Map<String, String> env) {
    Expansion expansion = new Expansion(env);
    expansion.index(unresolved, "");
    long size = expansion.of(unresolved, "");
    for (String path : expansion.values.keySet().stream().sorted().toList()) {
      size = Math.max(size, expansion.at(path));
    }
    return expansion.circular ? Math.max(size, expansion.text(unresolved, null)) : size;
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
    if (value == null) {
      return env.getOrDefault(path, "").length();
    }
    if (!open.add(path)) {
      circular = true; // the resolver reports it if it has no end
      return 0;
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
   * names the path n times makes it n times as long. The same holds for what stands in an object
   * that is still to be merged and refers to its own other parts.
   *
   * @param own null = every reference may be to the text itself
   */
  private long text(ConfigValue value, @Nullable String own) {
    String text = value.render(ConfigRenderOptions.concise());
    long sum = text.length();
    long factor = 1;
    for (String part : text.split(",", -1)) {
      Matcher matcher = SUBSTITUTION.matcher(part);
      int self = 0;
      while (matcher.find()) {
        String path = indexed(matcher.group(1));
        if (own == null || path.equals(own)) {
          self++;
        }
        if (own == null || !path.equals(own)) {
          sum = Math.min(MAX, sum + (own == null ? env(path) : at(path)));
        }
      }
      factor = Math.min(MAX, factor * Math.max(1, self));
    }
    return factor > MAX / sum ? MAX : sum * factor;
  }

  private long env(String path) {
    return env.getOrDefault(path, "").length();
  }

  /**
   * A path into something that is itself still to be merged counts as the whole of it. One from a
   * file that is included below a path may lack that path.
   */
  private String indexed(String path) {
    for (String known = path; ; known = known.substring(known.indexOf('.') + 1)) {
      if (values.containsKey(known) || env.containsKey(known)) {
        return known;
      }
      if (known.indexOf('.') < 0) {
        break;
      }
    }
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
