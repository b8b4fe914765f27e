package dev.stoker.config;

import dev.stoker.component.Component;
import dev.stoker.component.ComponentKind;
import dev.stoker.components.ComponentKinds;
import dev.stoker.config.daemon.DaemonConfig;
import dev.stoker.config.daemon.DaemonReader;
import dev.stoker.config.text.Namespaces;
import dev.stoker.schema.Args;
import dev.stoker.schema.Node;
import dev.stoker.schema.Scope;
import dev.stoker.schema.Texts;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Walks a resolved config: <code>namespace.kind.label</code> blocks, and the daemon's settings. */
final class TreeReader {
  private static final String STOKER = "stoker";
  private static final Set<String> SETTINGS =
      new LinkedHashSet<>(List.of("http", "storage", "log", "reload", "shutdown"));
  private static final Pattern LABEL = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
  private static final Map<String, String> ALLOY_BLOCKS =
      Map.of("logging", "write stoker.log { level = info, format = text }");

  private final List<Component> components = new ArrayList<>();
  private DaemonConfig daemon = DaemonConfig.DEFAULT;

  List<Component> components() {
    components.sort(Comparator.comparing(Component::place).thenComparing(Component::id));
    return components;
  }

  DaemonConfig daemon() {
    return daemon;
  }

  void read(Node root) {
    for (Map.Entry<String, Node> child : root.children()) {
      String name = child.getKey();
      Node node = child.getValue();
      if (name.equals(Namespaces.VARS)) {
        Args.of(node);
      } else if (Namespaces.all().contains(name)) {
        namespace(name, node);
      } else {
        String hint = ALLOY_BLOCKS.get(name);
        node.errorOfName(
            "unknown name at the top level"
                + (hint == null ? Texts.didYouMean(name, Namespaces.all()) : "; " + hint));
      }
    }
  }

  private void namespace(String name, Node node) {
    Args args = Args.of(node);
    if (args == null) {
      return;
    }
    if (name.equals(STOKER)) {
      daemon = DaemonReader.read(args);
    }
    for (Map.Entry<String, Node> child : node.children()) {
      if (!name.equals(STOKER) || !SETTINGS.contains(child.getKey())) {
        kind(name + "." + child.getKey(), child.getValue());
      }
    }
  }

  private void kind(String name, Node node) {
    ComponentKind<?> kind = ComponentKinds.BY_NAME.get(name);
    if (kind != null) {
      labels(kind, node);
    } else if (ComponentKinds.LATER.contains(name)) {
      node.errorOfName("is not supported in this version; take it out");
    } else if (name.indexOf(' ') > 0) {
      node.errorOfName(
          "is Alloy's syntax; name the file *.alloy to have it read as such, or write"
              + " pyroscope.write.LABEL { … }, as stoker convert does");
    } else if (name.startsWith("discovery.") && Texts.nearest(name, known(name)).isEmpty()) {
      node.errorOfName(
          "there is no such component or setting"
              + Texts.didYouMean(name, known(name))
              + "; or let something write its targets into files for discovery.file");
    } else {
      node.errorOfName(
          "there is no such component or setting" + Texts.didYouMean(name, known(name)));
    }
  }

  /** All names that may stand in the same namespace. */
  private static Set<String> known(String name) {
    String prefix = name.substring(0, name.indexOf('.') + 1);
    Set<String> known = new TreeSet<>();
    SETTINGS.forEach(setting -> known.add(STOKER + "." + setting));
    known.addAll(ComponentKinds.BY_NAME.keySet());
    known.removeIf(other -> !other.startsWith(prefix));
    return known;
  }

  private void labels(ComponentKind<?> kind, Node node) {
    if (Args.of(node) == null) {
      return;
    }
    List<Map.Entry<String, Node>> labels = node.children();
    for (Map.Entry<String, Node> label : labels) {
      if (!label.getValue().isObject()) {
        label
            .getValue()
            .errorOfName("stands where a label belongs; write " + kind.name() + ".LABEL { … }");
        return;
      }
    }
    for (Map.Entry<String, Node> label : labels) {
      if (LABEL.matcher(label.getKey()).matches()) {
        component(kind, kind.name() + "." + label.getKey(), label.getValue());
      } else {
        label
            .getValue()
            .errorOfName("is no valid label; use letters, digits and _, and no digit first");
      }
    }
  }

  private void component(ComponentKind<?> kind, String id, Node node) {
    Scope scope = node.scope().next();
    Node own = new Node(node.value(), node.path(), node.place(), false, scope);
    Record config = kind.read(id, new Args(own));
    components.add(new Component(id, kind, scope.references(), config, node.place()));
  }
}
