package dev.stoker.discovery.annotations;

import dev.stoker.labels.LabelNames;
import dev.stoker.labels.Labels;
import java.util.List;

/**
 * Which labels the profiles of a pod have beside labels of the pod itself. Two of them give what
 * the two published configs of Alloy give, so that who comes from there keeps the same series.
 */
public enum Naming {
  /** <code>NAMESPACE/CONTAINER</code>, unless an annotation names the service. */
  CONTAINER("container", false) {
    @Override
    void name(Labels.Builder labels, Pod pod, String container) {
      passOn(labels, pod);
      labels.set("node", pod.node());
      String name =
          first(
              pod.annotation(SERVICE_NAME),
              pod.annotation(OTEL + "name"),
              pod.annotation("pyroscope_io_service_name"),
              pod.annotation("pyroscope_io_application_name"),
              pod.namespace() + "/" + container);
      labels.set(LabelNames.SERVICE_NAME, name);
    }
  },
  /** Pyroscope's Helm chart. A pod label that is called service_name counts. */
  CHART("chart", true) {
    @Override
    void name(Labels.Builder labels, Pod pod, String container) {
      passOn(labels, pod);
      String name = firstPart(pod.annotation(SERVICE_NAME), pod.annotation(OTEL + "name"));
      labels.set(
          LabelNames.SERVICE_NAME,
          first(
              name,
              labels.get(LabelNames.SERVICE_NAME),
              pod.annotation("pyroscope_io_service_name"),
              pod.namespace() + "/" + container));
    }
  },
  /** The chart k8s-monitoring: OpenTelemetry's rules for names. */
  K8S_MONITORING("k8s-monitoring", true) {
    @Override
    void name(Labels.Builder labels, Pod pod, String container) {
      labels.set(
          LabelNames.SERVICE_NAME,
          firstPart(
              pod.annotation(OTEL + "name"),
              pod.podLabel("app_kubernetes_io_instance"),
              pod.podLabel("app_kubernetes_io_name"),
              pod.workload(),
              pod.name(),
              container));
      labels.set(
          "service_namespace", firstPart(pod.annotation(OTEL + "namespace"), pod.namespace()));
      String instance = pod.annotation(OTEL + "instance_id");
      labels.set("service_instance_id", instance.isEmpty() ? joined(pod, container) : instance);
      labels.set("source", "alloy/pyroscope.pprof");
    }

    /** That config builds none of names with dots. */
    private String joined(Pod pod, String container) {
      List<String> names = List.of(pod.namespace(), pod.name(), container);
      return names.stream().anyMatch(name -> name.isEmpty() || name.indexOf('.') >= 0)
          ? ""
          : String.join(".", names);
    }
  };

  private static final String SERVICE_NAME = "profiles_grafana_com_service_name";
  private static final String OTEL = "resource_opentelemetry_io_service_";
  private static final List<String> PASSED_ON =
      List.of("service_repository", "service_git_ref", "service_root_path");

  private final String word;
  private final boolean allPodLabels;

  Naming(String word, boolean allPodLabels) {
    this.word = word;
    this.allPodLabels = allPodLabels;
  }

  /** As it is written in a config. */
  public String word() {
    return word;
  }

  /** Keys of the pod labels that become labels of the profiles, when the config names none. */
  public List<String> podLabels() {
    return allPodLabels ? List.of(AnnotationsConfig.ALL) : List.of();
  }

  /**
   * @param labels those of the pod that were chosen are set
   */
  abstract void name(Labels.Builder labels, Pod pod, String container);

  private static void passOn(Labels.Builder labels, Pod pod) {
    for (String key : PASSED_ON) {
      labels.set(key, pod.annotation("profiles_grafana_com_" + key));
    }
  }

  private static String first(String... values) {
    for (String value : values) {
      if (!value.isEmpty()) {
        return value;
      }
    }
    return "";
  }

  /** As the published configs find it: of values that are joined with semicolons the first part. */
  private static String firstPart(String... values) {
    for (String value : values) {
      for (String part : value.split(";", -1)) {
        if (!part.isEmpty()) {
          return part;
        }
      }
    }
    return "";
  }
}
