package dev.stoker.discovery.kubernetes.objects;

import java.util.Locale;

/** A kind of object that is watched. */
public enum Kind {
  POD("api/v1", "pods", true),
  NODE("api/v1", "nodes", false),
  SERVICE("api/v1", "services", true),
  ENDPOINTS("api/v1", "endpoints", true),
  ENDPOINTSLICE("apis/discovery.k8s.io/v1", "endpointslices", true),
  INGRESS("apis/networking.k8s.io/v1", "ingresses", true),
  NAMESPACE("api/v1", "namespaces", false);

  private final String api;
  private final String plural;
  private final boolean namespaced;

  Kind(String api, String plural, boolean namespaced) {
    this.api = api;
    this.plural = plural;
    this.namespaced = namespaced;
  }

  /**
   * Where its objects are, below the API server's address.
   *
   * @param namespace "" = all
   */
  public String path(String namespace) {
    return namespace.isEmpty() || !namespaced
        ? api + "/" + plural
        : api + "/namespaces/" + namespace + "/" + plural;
  }

  /** The group and version of the API that it is in. */
  public String api() {
    return api.replaceFirst("^apis?/", "");
  }

  /** A file of ours whose role allows to read it. */
  public String grantedBy() {
    return this == POD ? "deploy/daemonset.yaml" : "deploy/rbac-all-roles.yaml";
  }

  /** As it is written in a selector's <code>role</code>. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The resource's name in the API and in RBAC rules. */
  public String plural() {
    return plural;
  }

  public boolean namespaced() {
    return namespaced;
  }
}
