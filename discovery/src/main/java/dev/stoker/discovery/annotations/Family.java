package dev.stoker.discovery.annotations;

import java.util.List;

/** A set of annotations that users know. */
public enum Family {
  /** Pyroscope's and k8s-monitoring's: each profile type on its own. */
  GRAFANA("profiles.grafana.com") {
    @Override
    List<Wish> wishes(Pod pod) {
      return GrafanaFamily.wishes(pod);
    }
  },
  /** The original Pyroscope's pull mode: one switch for the pod, profiles under their old names. */
  PYROSCOPE("pyroscope.io") {
    @Override
    List<Wish> wishes(Pod pod) {
      return PyroscopeFamily.wishes(pod);
    }
  };

  private final String prefix;

  Family(String prefix) {
    this.prefix = prefix;
  }

  /** As it is written in a config, and in front of an annotation's slash. */
  public String prefix() {
    return prefix;
  }

  /** What a pod asks for; none = it does not ask. */
  abstract List<Wish> wishes(Pod pod);
}
