package dev.stoker.discovery.kubernetes;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.FilterWatchListDeletable;
import io.fabric8.kubernetes.client.dsl.MixedOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Namespaces and selectors as the client wants them. */
public final class Selectors {
  private static final Pattern FIELD =
      Pattern.compile("\\s*([^=!,]+?)\\s*(=|==|!=)\\s*([^=!,]*?)\\s*");

  private Selectors() {}

  static <T extends HasMetadata>
      FilterWatchListDeletable<T, KubernetesResourceList<T>, Resource<T>> apply(
          KubernetesClient client, Class<T> type, KindWatch.Key key) {
    MixedOperation<T, KubernetesResourceList<T>, Resource<T>> all = client.resources(type);
    FilterWatchListDeletable<T, KubernetesResourceList<T>, Resource<T>> selected =
        key.namespace().isEmpty() || !key.kind().namespaced()
            ? all.inAnyNamespace()
            : all.inNamespace(key.namespace());
    if (!key.selector().label().isEmpty()) {
      selected = selected.withLabelSelector(key.selector().label());
    }
    for (String field : parts(key.selector().field())) {
      Matcher part = FIELD.matcher(field);
      if (part.matches()) {
        selected =
            part.group(2).equals("!=")
                ? selected.withoutField(part.group(1), part.group(3))
                : selected.withField(part.group(1), part.group(3));
      }
    }
    return selected;
  }

  /** Whether it is a field selector such as <code>spec.nodeName=a,status.phase!=Failed</code>. */
  public static boolean isFieldSelector(String text) {
    return parts(text).stream().allMatch(part -> FIELD.matcher(part).matches());
  }

  private static List<String> parts(String text) {
    List<String> parts = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      if (!part.isBlank()) {
        parts.add(part);
      }
    }
    return parts;
  }
}
