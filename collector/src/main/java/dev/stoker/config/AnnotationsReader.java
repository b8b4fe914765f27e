package dev.stoker.config;

import dev.stoker.discovery.annotations.AnnotationsConfig;
import dev.stoker.discovery.annotations.Family;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** <code>discovery.annotations</code>. */
final class AnnotationsReader {
  static AnnotationsConfig read(String id, Args args) {
    AnnotationsConfig config =
        new AnnotationsConfig(
            id,
            args.require(
                "targets",
                List.of(),
                "targets = [ discovery.kubernetes.LABEL.targets ]",
                References::targets),
            args.get("families", List.of(Family.values()), AnnotationsReader::families),
            args.get("pod_labels", List.of(), RelabelReader::texts));
    args.finish();
    return config;
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
