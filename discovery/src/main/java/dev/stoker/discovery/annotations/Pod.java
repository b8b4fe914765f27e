package dev.stoker.discovery.annotations;

import dev.stoker.labels.Labels;
import java.util.List;
import java.util.function.BiConsumer;

/** The targets of one pod: one for each container port. Values are "" where there is no label. */
record Pod(List<Labels> targets) {
  static final String PREFIX = "__meta_kubernetes_";
  private static final String POD = PREFIX + "pod_";
  private static final String SIDECAR = "__stoker_kubernetes_sidecar__";

  /** Of a user's words in a message. */
  private static final int LONGEST = 100;

  Pod {
    targets = List.copyOf(targets);
  }

  private Labels any() {
    return targets.get(0);
  }

  String annotation(String sanitized) {
    return any().get(POD + "annotation_" + sanitized);
  }

  /** Annotations that begin so, without it. */
  void annotations(String prefix, BiConsumer<String, String> action) {
    each(POD + "annotation_" + prefix, action);
  }

  /** Labels of the pod, by the names that its profiles' labels get. */
  void podLabels(BiConsumer<String, String> action) {
    each(POD + "label_", action);
  }

  private void each(String prefix, BiConsumer<String, String> action) {
    any()
        .forEach(
            (name, value) -> {
              if (name.startsWith(prefix)) {
                action.accept(name.substring(prefix.length()), value);
              }
            });
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

  /** Who made it: a ReplicaSet is a Deployment's, but for the hash at its end. "" = nobody. */
  String workload() {
    String name = any().get(POD + "controller_name");
    int hash = name.lastIndexOf('-');
    return any().get(POD + "controller_kind").equals("ReplicaSet") && hash > 0
        ? name.substring(0, hash)
        : name;
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

  /** What a user has written, for a message. */
  static String quoted(String text) {
    return "\"" + cut(text) + "\"";
  }

  /** An annotation may have 256 KiB. */
  static String cut(String text) {
    return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "…";
  }

  /** Init containers have ended, but for those that go on running. */
  static boolean isRunning(Labels target) {
    return !target.get(POD + "container_init").equals("true") || target.get(SIDECAR).equals("true");
  }
}
