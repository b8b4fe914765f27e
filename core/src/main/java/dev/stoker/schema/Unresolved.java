package dev.stoker.schema;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Finds substitutions that have no value, all of them: HOCON itself stops at the first. */
public final class Unresolved {
  private static final Pattern SUBSTITUTION = Pattern.compile("\\$\\{([^?}][^}]*)}");

  private static final Pattern OPTIONAL = Pattern.compile("\\$\\{\\?([^}]+)}");

  private final Set<ConfigValue> seen = Collections.newSetFromMap(new IdentityHashMap<>());
  private final ConfigObject root;
  private final Scope scope;

  /** The message for each; "" = it has no value. */
  private final String refusal;

  private Unresolved(ConfigObject root, Scope scope, String refusal) {
    this.root = root;
    this.scope = scope;
    this.refusal = refusal;
  }

  public static void report(ConfigObject root, Place place, Scope scope) {
    new Unresolved(root, scope, "").visit(root, "", place);
  }

  /** Reports each substitution, whether it has a value or not. */
  public static void refuse(ConfigObject root, Place place, Scope scope, String message) {
    Unresolved found = new Unresolved(root, scope, message);
    found.visit(root, "", place);
  }

  /** True when the key is written, but with a substitution that has no value. */
  public static boolean at(ConfigValue object, String key) {
    ConfigValue value = object instanceof ConfigObject block ? block.get(key) : null;
    return value != null && Node.unresolved(value);
  }

  /** Names in the optional substitutions that stand at a path; none when another thing does. */
  public static List<String> optional(ConfigObject written, String path) {
    ConfigValue value = written;
    for (String part : ConfigUtil.splitPath(path.replace("[", ".").replace("]", ""))) {
      value = child(value, part);
    }
    List<String> names = new ArrayList<>();
    if (value != null && unresolved(value)) {
      Matcher matcher = OPTIONAL.matcher(value.render(ConfigRenderOptions.concise()));
      while (matcher.find()) {
        names.add(matcher.group(1));
      }
    }
    return names;
  }

  private static @Nullable ConfigValue child(@Nullable ConfigValue value, String part) {
    if (value == null || unresolved(value)) {
      return null;
    }
    if (value instanceof ConfigList list) {
      int index = part.matches("[0-9]{1,9}") ? Integer.parseInt(part) : -1;
      return index >= 0 && index < list.size() ? list.get(index) : null;
    }
    return value instanceof ConfigObject object ? object.get(part) : null;
  }

  private static boolean unresolved(ConfigValue value) {
    try {
      return Node.unresolved(value) || value instanceof ConfigList list && list.size() < 0;
    } catch (ConfigException.NotResolved yes) {
      return true;
    }
  }

  private void visit(ConfigValue value, String path, Place parent) {
    if (!seen.add(value)) {
      return;
    }
    Place place = scope.files().place(value.origin(), parent);
    if (Node.unresolved(value) && !refusal.isEmpty()) {
      scope.problems().error(place, path, refusal);
    } else if (Node.unresolved(value)) {
      name(value, path, place);
    } else if (value instanceof ConfigObject object) {
      object.forEach((key, child) -> visit(child, Node.join(path, key), place));
    } else if (value instanceof ConfigList list) {
      int index = 0;
      for (ConfigValue element : list) {
        visit(element, path + "[" + index++ + "]", place);
      }
    }
  }

  private void name(ConfigValue value, String path, Place place) {
    Matcher matcher = SUBSTITUTION.matcher(value.render(ConfigRenderOptions.concise()));
    boolean found = false;
    while (matcher.find()) {
      if (!defined(matcher.group(1))) {
        found = true;
        scope.problems().error(place, path, message(matcher.group(1)));
      }
    }
    if (!found) {
      scope.problems().error(place, path, "a substitution in it has no value");
    }
  }

  private boolean defined(String path) {
    try {
      return root.toConfig().hasPathOrNull(path);
    } catch (ConfigException unresolved) {
      return false;
    }
  }

  private static String message(String name) {
    String shown = Texts.excerpt(name);
    return "${"
        + shown
        + "} is neither set in the config nor an environment variable; set it, or write ${?"
        + shown
        + "} where it may be missing";
  }
}
