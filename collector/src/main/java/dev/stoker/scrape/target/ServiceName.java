package dev.stoker.scrape.target;

import dev.stoker.labels.LabelNames;
import dev.stoker.labels.Labels;

/** Infers <code>service_name</code> in Alloy's order when the target does not set it. */
final class ServiceName {
  private static final String KUBERNETES = LabelNames.META_PREFIX + "kubernetes_";
  private static final String POD_ANNOTATION =
      KUBERNETES + "pod_annotation_pyroscope_io_service_name";
  private static final String DOCKER_CONTAINER = LabelNames.META_PREFIX + "docker_container_name";
  private static final String SWARM = LabelNames.META_PREFIX + "dockerswarm_";

  static String infer(Labels target) {
    String annotation = target.get(POD_ANNOTATION);
    if (!annotation.isEmpty()) {
      return annotation;
    }
    String namespace = target.get(KUBERNETES + "namespace");
    String container = target.get(KUBERNETES + "pod_container_name");
    if (!namespace.isEmpty() && !container.isEmpty()) {
      return namespace + "/" + container;
    }
    return firstNonEmpty(
        target.get(DOCKER_CONTAINER),
        target.get(SWARM + "container_label_service_name"),
        target.get(SWARM + "service_name"),
        "unspecified");
  }

  private static String firstNonEmpty(String... values) {
    for (String value : values) {
      if (!value.isEmpty()) {
        return value;
      }
    }
    return "";
  }

  private ServiceName() {}
}
