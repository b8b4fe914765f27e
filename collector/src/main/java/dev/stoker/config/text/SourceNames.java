package dev.stoker.config.text;

import dev.stoker.components.ComponentKinds;
import java.util.ArrayList;
import java.util.List;

/** The names of arguments and blocks, as they are written, and what is secret below them. */
final class SourceNames {
  private final boolean alloy;

  /**
   * @param alloy the text is in Alloy's syntax
   */
  SourceNames(boolean alloy) {
    this.alloy = alloy;
  }

  /**
   * The room of what is named so where we are. The label of a component says nothing. At the top of
   * HOCON, what is none of our names may be a variable that was meant for <code>vars</code>.
   *
   * @param outer the room around it
   * @param top it stands at the top of the text
   * @param block a block of that name opens
   */
  Masked.Room roomOf(List<String> names, Masked.Room outer, boolean top, boolean block) {
    Masked.Room inner = outer;
    if (top && !alloy && !names.isEmpty() && !Namespaces.all().contains(names.get(0))) {
      return Masked.Room.HEADERS;
    }
    boolean labelled = top && names.size() > 2 && (block || names.size() > 3) && isKind(names);
    for (int i = 0; i < names.size(); i++) {
      if (!labelled || i != 2) {
        inner = Masked.sourceRoom(names.get(i), inner);
      }
    }
    return inner;
  }

  private boolean isKind(List<String> names) {
    return alloy || ComponentKinds.BY_NAME.containsKey(names.get(0) + "." + names.get(1));
  }

  /** Parts of a name; a label is one too. */
  static List<String> parts(String raw) {
    List<String> names = new ArrayList<>();
    StringBuilder name = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      if (c == '"') {
        quoted = !quoted;
      } else if (!quoted && (c == '.' || Character.isWhitespace(c))) {
        add(names, name);
      } else {
        name.append(c);
      }
    }
    add(names, name);
    return names;
  }

  private static void add(List<String> names, StringBuilder name) {
    if (name.length() > 0) {
      names.add(name.toString());
      name.setLength(0);
    }
  }

  /** The last part of a path. */
  static String last(String path) {
    return path.substring(path.lastIndexOf('.') + 1);
  }

  /** A component begins where an argument belongs. */
  static boolean isComponent(String inner, String outer) {
    String own = inner.startsWith(outer + ".") ? inner.substring(outer.length() + 1) : "";
    return outer.indexOf('.') > 0
        && ComponentKinds.BY_NAME.keySet().stream().anyMatch(kind -> own.startsWith(kind + "."));
  }
}
