package dev.stoker.discovery.kubernetes;

import io.fabric8.kubernetes.api.model.Endpoints;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import java.util.Locale;

/** A kind of object that is watched. */
public enum Kind {
  POD("pods", true),
  NODE("nodes", false),
  SERVICE("services", true),
  ENDPOINTS("endpoints", true),
  ENDPOINTSLICE("endpointslices", true),
  INGRESS("ingresses", true),
  NAMESPACE("namespaces", false);

  private final String plural;
  private final boolean namespaced;

  Kind(String plural, boolean namespaced) {
    this.plural = plural;
    this.namespaced = namespaced;
  }

  /** As it is written in a selector's <code>role</code>. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The resource's name in the API and in RBAC rules. */
  String plural() {
    return plural;
  }

  boolean namespaced() {
    return namespaced;
  }

  /** A switch and not a field: the classes of a kind are loaded when it is used. */
  Class<? extends HasMetadata> type() {
    return switch (this) {
      case POD -> Pod.class;
      case NODE -> Node.class;
      case SERVICE -> Service.class;
      case ENDPOINTS -> Endpoints.class;
      case ENDPOINTSLICE -> EndpointSlice.class;
      case INGRESS -> Ingress.class;
      case NAMESPACE -> Namespace.class;
    };
  }
}
