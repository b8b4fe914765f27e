package dev.stoker.discovery.kubernetes.labels;

import dev.stoker.discovery.DroppedTarget;
import dev.stoker.discovery.TargetTransform;
import dev.stoker.discovery.kubernetes.objects.HostPort;
import dev.stoker.discovery.kubernetes.objects.Skipped;
import dev.stoker.labels.Labels;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Role pod: a target for each port that a container declares, one without a port for a container
 * that declares none. Init containers are among them, as in Prometheus.
 */
public final class PodGroups {
  /**
   * Ours: an init container that goes on running beside the others (restartPolicy Always), which
   * Prometheus' labels do not tell from one that has ended long ago.
   */
  public static final String SIDECAR = "__stoker_kubernetes_sidecar__";

  private PodGroups() {}

  /** A container and where it stands. */
  record Placed(Container container, boolean init) {
    String initLabel() {
      return Boolean.toString(init);
    }
  }

  static List<Labels> targets(Pod pod, Lookups lookups) {
    String ip = status(pod).getPodIP();
    // As in Prometheus: a selector of nodes selects the pods on them.
    if (ip == null || ip.isEmpty() || lookups.lacksNode(spec(pod).getNodeName())) {
      return List.of();
    }
    MetaLabels common = new MetaLabels().namespace(pod.getMetadata()).all(labels(pod));
    lookups.namespace(common, pod.getMetadata().getNamespace());
    lookups.node(common, spec(pod).getNodeName());
    return targets(pod, common.build());
  }

  /** Why a pod gives no target; nothing for one that has no container. */
  static List<TargetTransform.Drop> dropped(Pod pod, Lookups lookups) {
    String ip = status(pod).getPodIP();
    String node = spec(pod).getNodeName();
    TargetTransform.Drop drop;
    if (ip == null || ip.isEmpty()) {
      drop = drop(pod, DroppedTarget.Reason.INVALID, "the pod has no IP address yet");
    } else if (node != null && lookups.lacksNode(node) && lookups.skippedNode(node) != null) {
      Skipped skipped = Objects.requireNonNull(lookups.skippedNode(node));
      drop =
          drop(
              pod,
              skipped.reason(),
              "the pod's node " + node + " cannot be used: " + skipped.why());
    } else if (lookups.lacksNode(node)) {
      String unknown =
          node == null || node.isEmpty()
              ? "the pod has no node"
              : "the pod's node " + node + " is not known";
      String why =
          ": attach_metadata.node gives the pods of known nodes only, and a selector of nodes leaves"
              + " out the pods on others";
      drop = drop(pod, DroppedTarget.Reason.RELABEL, unknown + why);
    } else {
      return List.of();
    }
    return List.of(drop);
  }

  private static TargetTransform.Drop drop(Pod pod, DroppedTarget.Reason reason, String why) {
    Labels labels =
        new MetaLabels()
            .namespace(pod.getMetadata())
            .set("pod_name", pod.getMetadata().getName())
            .set("pod_phase", status(pod).getPhase())
            .set("pod_node_name", spec(pod).getNodeName())
            .build();
    return new TargetTransform.Drop(labels, reason, why);
  }

  /**
   * @param common labels that all of the pod's targets have
   */
  private static List<Labels> targets(Pod pod, Labels common) {
    String ip = status(pod).getPodIP();
    List<Labels> targets = new ArrayList<>();
    for (Placed placed : containers(pod)) {
      Labels container = container(pod, placed, common);
      if (placed.container().getPorts().isEmpty()) {
        targets.add(new MetaLabels(container).address(ip).build());
      }
      for (ContainerPort port : placed.container().getPorts()) {
        MetaLabels labels = new MetaLabels(container);
        labels.address(HostPort.join(ip, number(port)));
        targets.add(port(labels, port).build());
      }
    }
    return targets;
  }

  private static Labels container(Pod pod, Placed placed, Labels common) {
    Container container = placed.container();
    return new MetaLabels(common)
        .set("pod_container_name", container.getName())
        .set("pod_container_id", containerId(pod, placed))
        .set("pod_container_image", container.getImage())
        .set("pod_container_init", placed.initLabel())
        .plain(SIDECAR, placed.init() && isSidecar(container) ? "true" : "")
        .build();
  }

  private static boolean isSidecar(Container container) {
    return "Always".equals(container.getRestartPolicy());
  }

  static MetaLabels port(MetaLabels labels, ContainerPort port) {
    return labels
        .set("pod_container_port_name", port.getName())
        .set("pod_container_port_number", number(port))
        .set("pod_container_port_protocol", protocol(port));
  }

  static int number(ContainerPort port) {
    return port.getContainerPort() == null ? 0 : port.getContainerPort();
  }

  private static String protocol(ContainerPort port) {
    return orTcp(port.getProtocol());
  }

  /** What the API reads where no protocol is written. */
  static String orTcp(@Nullable String protocol) {
    return protocol == null || protocol.isEmpty() ? "TCP" : protocol;
  }

  static List<Placed> containers(Pod pod) {
    List<Placed> containers = new ArrayList<>();
    spec(pod).getContainers().forEach(c -> containers.add(new Placed(c, false)));
    spec(pod).getInitContainers().forEach(c -> containers.add(new Placed(c, true)));
    return containers;
  }

  private static @Nullable String containerId(Pod pod, Placed placed) {
    List<ContainerStatus> statuses =
        placed.init() ? status(pod).getInitContainerStatuses() : status(pod).getContainerStatuses();
    return statuses.stream()
        .filter(status -> Objects.equals(placed.container().getName(), status.getName()))
        .findFirst()
        .map(ContainerStatus::getContainerID)
        .orElse(null);
  }

  /** The labels of a pod that endpoints have too: all but the namespace. */
  static Labels labels(Pod pod) {
    ObjectMeta meta = pod.getMetadata();
    PodStatus status = status(pod);
    MetaLabels labels =
        new MetaLabels()
            .set("pod_ip", status.getPodIP())
            .set("pod_ready", ready(status))
            .set("pod_phase", status.getPhase())
            .set("pod_node_name", spec(pod).getNodeName())
            .set("pod_host_ip", status.getHostIP())
            .set("pod_uid", meta.getUid())
            .object("pod", meta);
    controller(meta)
        .ifPresent(
            owner ->
                labels
                    .set("pod_controller_kind", owner.getKind())
                    .set("pod_controller_name", owner.getName()));
    return labels.build();
  }

  private static Optional<OwnerReference> controller(ObjectMeta meta) {
    return meta.getOwnerReferences().stream()
        .filter(owner -> Boolean.TRUE.equals(owner.getController()))
        .findFirst();
  }

  private static String ready(PodStatus status) {
    return status.getConditions().stream()
        .filter(condition -> "Ready".equals(condition.getType()))
        .findFirst()
        .map(PodCondition::getStatus)
        .orElse("Unknown")
        .toLowerCase(Locale.ROOT);
  }

  /** An object may lack any part: nobody checks what an API server's extension writes. */
  static PodStatus status(Pod pod) {
    return pod.getStatus() == null ? new PodStatus() : pod.getStatus();
  }

  static PodSpec spec(Pod pod) {
    return pod.getSpec() == null ? new PodSpec() : pod.getSpec();
  }
}
