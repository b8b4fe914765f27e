package dev.stoker.discovery.annotations;

import dev.stoker.labels.Labels;
import java.util.List;

/** The targets of one pod: one for each container port. Values are "" where there is no label. */
record Pod(List<Labels> targets) {
  static final String PREFIX = "__meta_kubernetes_";
  private static final String POD = PREFIX + "pod_";
  private static final String SIDECAR = "__stoker_kubernetes_sidecar__";

  Pod {
    targets = List.copyOf(targets);
  }

  private Labels any() {
    return targets.get(0);
  }

  String annotation(String sanitized) {
    return any().get(POD + "annotation_" + sanitized);
  }

  boolean hasAnnotations() {
    boolean[] found = new boolean[1];
    any().forEach((name, value) -> found[0] |= name.startsWith(POD + "annotation_"));
    return found[0];
  }

  Labels labels() {
    return any();
  }

  String phase() {
    return any().get(POD + "phase");
  }

  String ip() {
    return any().get(POD + "ip");
  }

  String namespace() {
    return any().get(PREFIX + "namespace");
  }

  String name() {
    return any().get(POD + "name");
  }

  String node() {
    return any().get(POD + "node_name");
  }

  String podLabel(String sanitized) {
    return any().get(POD + "label_" + sanitized);
  }

  static String container(Labels target) {
    return target.get(POD + "container_name");
  }

  static String port(Labels target) {
    return target.get(POD + "container_port_number");
  }

  static String portName(Labels target) {
    return target.get(POD + "container_port_name");
  }

  static boolean isTcp(Labels target) {
    return target.get(POD + "container_port_protocol").equals("TCP");
  }

  /** Init containers have ended, but for those that go on running. */
  static boolean isRunning(Labels target) {
    return !target.get(POD + "container_init").equals("true") || target.get(SIDECAR).equals("true");
  }
}
