package dev.stoker.component;

import dev.stoker.discovery.TargetSource;
import dev.stoker.labels.LabelNames;
import dev.stoker.labels.Labels;
import dev.stoker.schema.Converter;
import dev.stoker.schema.Export;
import dev.stoker.schema.Node;
import dev.stoker.schema.Reference;
import dev.stoker.schema.Scalars;
import dev.stoker.schema.Unresolved;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Arguments that refer to other components: <code>forward_to</code> and <code>targets</code>. */
public final class References {
  /** The {@link Converter#type} of <code>forward_to</code>. */
  public static final String RECEIVERS_TYPE = "list of receivers";

  /** The {@link Converter#type} of <code>targets</code>. */
  public static final String TARGETS_TYPE = "list of targets";

  private static final Pattern REFERENCE =
      Pattern.compile("(\\w+\\.\\w+\\.[A-Za-z_]\\w*)\\.(\\w+)");
  private static final int MAX_TARGETS = 100_000;
  private static final Pattern LABEL_NAME = Pattern.compile("[a-zA-Z_][a-zA-Z0-9_.]*");

  /** The argument <code>forward_to</code>. */
  public static Converter<List<String>> receivers() {
    return Converter.of(RECEIVERS_TYPE, References::receivers);
  }

  /** The argument <code>targets</code>. */
  public static Converter<List<TargetSource>> targets() {
    return Converter.of(TARGETS_TYPE, References::targets);
  }

  /** Reads targets that are only looked at, and so need no address. */
  public static Converter<List<TargetSource>> targetsToJoin() {
    return Converter.of(
        TARGETS_TYPE,
        node -> {
          List<TargetSource> sources = new ArrayList<>();
          return flatten(node, sources, element -> Labels.of(labels(element))) ? sources : null;
        });
  }

  /** Ids of the components behind a list of receivers; a single one may stand without brackets. */
  private static @Nullable List<String> receivers(Node node) {
    Set<String> ids = new LinkedHashSet<>();
    for (Node element : node.elements()) {
      Reference reference = reference(element, Export.Type.RECEIVER);
      if (reference != null && !ids.add(reference.component())) {
        element.error("lists the same receiver twice; take one out");
      }
    }
    if (node.elements().isEmpty()) {
      node.error(
          "is empty, so profiles would go nowhere; write [ pyroscope.write.LABEL.receiver ]");
      return null;
    }
    return List.copyOf(ids);
  }

  /** Objects and references, mixed. */
  private static @Nullable List<TargetSource> targets(Node node) {
    List<TargetSource> sources = new ArrayList<>();
    return flatten(node, sources, References::target) ? sources : null;
  }

  private static boolean flatten(
      Node node, List<TargetSource> sources, Function<Node, Labels> literal) {
    for (Node element : node.elements()) {
      if (sources.size() >= MAX_TARGETS) {
        node.error("lists more than " + MAX_TARGETS + " targets; split the component");
        return false;
      }
      if (element.isList()) {
        if (!flatten(element, sources, literal)) {
          return false;
        }
      } else if (element.isObject()) {
        sources.add(new TargetSource.Literal(literal.apply(element)));
      } else {
        Reference reference = reference(element, Export.Type.TARGETS);
        if (reference != null) {
          sources.add(new TargetSource.Export(reference.component(), reference.export()));
        }
      }
    }
    return true;
  }

  private static Labels target(Node node) {
    Map<String, String> labels = labels(node);
    if (labels.getOrDefault(LabelNames.ADDRESS, "").isEmpty()
        && labels.getOrDefault(LabelNames.UNIX_SOCKET, "").isEmpty()
        && !Unresolved.at(node.value(), LabelNames.ADDRESS)
        && !Unresolved.at(node.value(), LabelNames.UNIX_SOCKET)) {
      node.error("a target has no address; write { \"__address__\" = \"host:port\" }");
    }
    return Labels.of(labels);
  }

  /** A block of labels with valid names; private names are not checked, as they are never sent. */
  public static Map<String, String> labels(Node node) {
    Map<String, String> labels = new LinkedHashMap<>();
    node.children()
        .forEach(
            child -> {
              String name = child.getKey();
              String value = Scalars.text(child.getValue());
              if (!LabelNames.isPrivate(name) && !LABEL_NAME.matcher(name).matches()) {
                child
                    .getValue()
                    .errorOfName("is no valid label name; use letters, digits, _ and . only");
              } else if (value != null) {
                labels.put(name, value);
              }
            });
    return labels;
  }

  private static @Nullable Reference reference(Node node, Export.Type wanted) {
    String example =
        wanted == Export.Type.RECEIVER
            ? "pyroscope.write.LABEL.receiver"
            : "{ \"__address__\" = \"host:port\" } or a reference to a component's targets";
    if (node.scalar().isEmpty()) {
      node.error("must be a reference, but is " + node.describe() + "; write " + example);
      return null;
    }
    Matcher matcher = REFERENCE.matcher(node.scalar().get().strip());
    if (!matcher.matches()) {
      node.error(node.describe() + " is no reference; write " + example);
      return null;
    }
    Reference reference =
        new Reference(matcher.group(1), matcher.group(2), wanted, node.place(), node.path());
    node.scope().references().add(reference);
    return reference;
  }

  private References() {}
}
