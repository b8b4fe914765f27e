package dev.stoker.discovery.kubernetes;

import dev.stoker.discovery.kubernetes.api.ApiAccess;
import dev.stoker.discovery.kubernetes.labels.Attach;
import dev.stoker.discovery.kubernetes.objects.Kind;
import dev.stoker.discovery.kubernetes.watch.Selector;
import java.util.List;

/**
 * A <code>discovery.kubernetes</code> component; argument names and defaults are Alloy's, but for
 * {@code node}.
 *
 * @param namespaces empty = all
 * @param ownNamespace adds the one that Stoker itself runs in
 * @param node "" = all; only pods on this node, filtered by the API server
 */
public record KubernetesConfig(
    String component,
    Role role,
    ApiAccess api,
    List<String> namespaces,
    boolean ownNamespace,
    List<Selector> selectors,
    Attach attach,
    String node) {
  public KubernetesConfig {
    namespaces = List.copyOf(namespaces);
    selectors = List.copyOf(selectors);
  }

  /** The selector of a kind, with the node filter in it. */
  Selector selector(Kind kind) {
    Selector chosen =
        selectors.stream()
            .filter(selector -> selector.kind() == kind)
            .findFirst()
            .orElse(Selector.none(kind));
    if (kind != Kind.POD || node.isEmpty()) {
      return chosen;
    }
    String field = "spec.nodeName=" + node;
    return new Selector(
        kind, chosen.label(), chosen.field().isEmpty() ? field : chosen.field() + "," + field);
  }
}
