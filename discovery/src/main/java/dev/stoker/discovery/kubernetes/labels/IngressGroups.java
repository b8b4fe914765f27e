package dev.stoker.discovery.kubernetes.labels;

import dev.stoker.labels.Labels;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.networking.v1.HTTPIngressPath;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.api.model.networking.v1.IngressRule;
import io.fabric8.kubernetes.api.model.networking.v1.IngressSpec;
import io.fabric8.kubernetes.api.model.networking.v1.IngressTLS;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Role ingress: a target for each path of each rule, at the rule's host. */
final class IngressGroups {
  private IngressGroups() {}

  static List<Labels> targets(Ingress ingress, Lookups lookups) {
    ObjectMeta meta = ingress.getMetadata();
    IngressSpec spec = ingress.getSpec() == null ? new IngressSpec() : ingress.getSpec();
    MetaLabels common =
        new MetaLabels()
            .namespace(meta)
            .object("ingress", meta)
            .set("ingress_class_name", spec.getIngressClassName());
    lookups.namespace(common, meta.getNamespace());
    Labels shared = common.build();
    List<Labels> targets = new ArrayList<>();
    for (IngressRule rule : spec.getRules()) {
      String host = rule.getHost() == null ? "" : rule.getHost();
      for (String path : paths(rule)) {
        targets.add(
            new MetaLabels(shared)
                .address(host)
                .set("ingress_scheme", isTls(spec, host) ? "https" : "http")
                .set("ingress_host", host)
                .set("ingress_path", path)
                .build());
      }
    }
    return targets;
  }

  private static List<String> paths(IngressRule rule) {
    List<HTTPIngressPath> paths = rule.getHttp() == null ? List.of() : rule.getHttp().getPaths();
    if (paths.isEmpty()) {
      return List.of("/");
    }
    return paths.stream()
        .map(HTTPIngressPath::getPath)
        .map(path -> path == null || path.isEmpty() ? "/" : path)
        .toList();
  }

  private static boolean isTls(IngressSpec spec, String host) {
    return spec.getTls().stream()
        .map(IngressTLS::getHosts)
        .filter(Objects::nonNull)
        .flatMap(List::stream)
        .anyMatch(pattern -> matches(pattern, host));
  }

  /** A <code>*.</code> in front stands for exactly one part of the name. */
  private static boolean matches(String pattern, String host) {
    if (pattern.equals(host)) {
      return true;
    }
    int dot = host.indexOf('.');
    return pattern.startsWith("*.") && dot > 0 && pattern.substring(1).equals(host.substring(dot));
  }
}
