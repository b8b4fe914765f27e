package dev.stoker.config;

import dev.stoker.discovery.annotations.AnnotationsConfig;
import dev.stoker.discovery.annotations.Family;
import dev.stoker.discovery.annotations.Naming;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** <code>discovery.annotations</code>. */
final class AnnotationsReader {
  /** Kubernetes' grammar of a label's key, roughly: its prefix is a name with dots. */
  private static final Pattern KEY = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9._/-]*[A-Za-z0-9])?");

  static AnnotationsConfig read(String id, Args args) {
    Naming naming = args.get("naming", Naming.CONTAINER, Scalars.choice(namings()));
    AnnotationsConfig config =
        new AnnotationsConfig(
            id,
            args.require(
                "targets",
                List.of(),
                "targets = [ discovery.kubernetes.LABEL.targets ]",
                References::targets),
            args.get("families", List.of(Family.values()), AnnotationsReader::families),
            naming,
            args.get("pod_labels", naming.podLabels(), AnnotationsReader::podLabels));
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
    List<String> keys = RelabelReader.texts(node);
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

  private AnnotationsReader() {}
}
