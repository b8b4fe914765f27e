package dev.stoker.config.text;

import dev.stoker.components.ComponentKinds;
import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;

/** The names that may stand at the top of a config. */
public final class Namespaces {
  /** Free for users: a place for what substitutions refer to. */
  public static final String VARS = "vars";

  private static final Set<String> ALL = namespaces();

  /** All of them, in alphabetical order. */
  public static Set<String> all() {
    return ALL;
  }

  private static Set<String> namespaces() {
    Set<String> names = new TreeSet<>(Set.of(VARS));
    ComponentKinds.BY_NAME
        .keySet()
        .forEach(kind -> names.add(kind.substring(0, kind.indexOf('.'))));
    return Collections.unmodifiableSet(names);
  }

  private Namespaces() {}
}
