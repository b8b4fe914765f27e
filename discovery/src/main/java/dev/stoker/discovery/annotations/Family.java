package dev.stoker.discovery.annotations;

/** A set of annotations that users know. */
public enum Family {
  /** Pyroscope's and k8s-monitoring's: each profile type on its own. */
  GRAFANA("profiles.grafana.com", "memory.scrape = \"true\" (cpu, goroutine, …)") {
    @Override
    Asked asked(Pod pod) {
      return GrafanaFamily.asked(pod);
    }
  },
  /** The original Pyroscope's pull mode: one switch for the pod, profiles under their old names. */
  PYROSCOPE("pyroscope.io", "scrape = \"true\"") {
    @Override
    Asked asked(Pod pod) {
      return PyroscopeFamily.asked(pod);
    }
  };

  private final String prefix;
  private final String example;

  Family(String prefix, String example) {
    this.prefix = prefix;
    this.example = example;
  }

  /** As it is written in a config, and in front of an annotation's slash. */
  public String prefix() {
    return prefix;
  }

  /** An annotation that asks for profiles. */
  String example() {
    return prefix + "/" + example;
  }

  abstract Asked asked(Pod pod);
}
