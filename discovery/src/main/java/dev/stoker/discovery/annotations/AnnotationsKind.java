package dev.stoker.discovery.annotations;

import dev.stoker.component.Preparation;
import dev.stoker.component.References;
import dev.stoker.component.TargetsKind;
import dev.stoker.schema.Args;
import dev.stoker.schema.Converter;
import dev.stoker.schema.Export;
import dev.stoker.schema.Node;
import dev.stoker.schema.Scalars;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** <code>discovery.annotations</code>. */
public final class AnnotationsKind implements TargetsKind<AnnotationsConfig> {
  /** Kubernetes' grammar of a label's key, roughly: its prefix is a name with dots. */
  private static final Pattern KEY = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9._/-]*[A-Za-z0-9])?");

  @Override
  public String name() {
    return "discovery.annotations";
  }

  @Override
  public List<Export> exports() {
    return List.of(new Export("output", Export.Type.TARGETS));
  }

  @Override
  public AnnotationsConfig read(String id, Args args) {
    Naming naming = args.get("naming", Naming.CONTAINER, Scalars.choice(namings()));
    AnnotationsConfig config =
        new AnnotationsConfig(
            id,
            args.require(
                "targets",
                List.of(),
                "targets = [ discovery.kubernetes.LABEL.targets ]",
                References.targets()),
            args.get(
                "families",
                List.of(Family.values()),
                Converter.of(
                    "list of families",
                    AnnotationsKind::families,
                    families ->
                        families.stream().map(Family::prefix).collect(Collectors.joining(", ")))),
            naming,
            args.get(
                "pod_labels",
                naming.podLabels(),
                Converter.of("list of texts", AnnotationsKind::podLabels)));
    args.finish();
    return config;
  }

  private static Map<String, Naming> namings() {
    Map<String, Naming> namings = new TreeMap<>();
    for (Naming naming : Naming.values()) {
      namings.put(naming.word(), naming);
    }
    return namings;
  }

  private static @Nullable List<String> podLabels(Node node) {
    List<String> keys = Scalars.texts().convert(node);
    if (keys == null || keys.contains(AnnotationsConfig.ALL)) {
      return keys == null ? null : List.of(AnnotationsConfig.ALL);
    }
    for (String key : keys) {
      if (!KEY.matcher(key).matches()) {
        node.error(
            "\""
                + key
                + "\" is no key of a pod label; write keys such as app.kubernetes.io/name, or \"*\""
                + " for all labels of the pod");
      } else if (Character.isDigit(key.charAt(0))) {
        node.error("\"" + key + "\" cannot become a label, because none begins with a digit");
      }
    }
    return keys;
  }

  private static @Nullable List<Family> families(Node node) {
    Map<String, Family> known = new TreeMap<>();
    for (Family family : Family.values()) {
      known.put(family.prefix(), family);
    }
    List<Family> families = new ArrayList<>();
    for (Node element : node.elements()) {
      Family family = Scalars.choice(known).convert(element);
      if (family != null && !families.contains(family)) {
        families.add(family);
      }
    }
    if (node.elements().isEmpty()) {
      node.error("is empty, so no pod would be scraped; leave it out for all families");
    }
    return families;
  }

  @Override
  public Closing join(Preparation<AnnotationsConfig> with) {
    AnnotationsConfig config = with.config();
    with.graph().transform(with.id(), config.targets(), new AnnotationsTransform(config));
    return Closing.NOTHING;
  }
}
