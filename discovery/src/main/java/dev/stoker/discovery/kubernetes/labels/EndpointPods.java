package dev.stoker.discovery.kubernetes.labels;

import dev.stoker.discovery.kubernetes.objects.HostPort;
import dev.stoker.discovery.kubernetes.objects.ObjectKey;
import dev.stoker.labels.Labels;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The pods behind the addresses of one endpoints object or slice: their labels, and targets for the
 * ports that they declare and no address names.
 */
final class EndpointPods {
  private final Lookups lookups;
  private final Map<String, Seen> seen = new LinkedHashMap<>();

  /** A pod, and the ports of it that addresses named. */
  private record Seen(Pod pod, Set<Integer> ports) {}

  EndpointPods(Lookups lookups) {
    this.lookups = lookups;
  }

  /**
   * Adds what is known of the pod that an address belongs to, and of the container behind a port.
   *
   * @param protocol the port's, in place of what the container declares; null = what it declares
   */
  void label(
      MetaLabels labels,
      @Nullable ObjectReference reference,
      @Nullable Integer port,
      @Nullable String protocol) {
    // As in Prometheus, a reference without a namespace is to no pod.
    if (reference == null
        || !"Pod".equals(reference.getKind())
        || reference.getName() == null
        || reference.getNamespace() == null) {
      return;
    }
    Pod pod = lookups.pod(reference.getNamespace(), reference.getName());
    if (pod == null) {
      return;
    }
    labels.all(PodGroups.labels(pod));
    Set<Integer> ports =
        seen.computeIfAbsent(
                ObjectKey.of(pod.getMetadata()), ignored -> new Seen(pod, new HashSet<>()))
            .ports();
    if (port != null) {
      ports.add(port);
      container(labels, pod, port, protocol);
    }
  }

  private static void container(MetaLabels labels, Pod pod, int port, @Nullable String protocol) {
    for (PodGroups.Placed placed : PodGroups.containers(pod)) {
      for (ContainerPort declared : placed.container().getPorts()) {
        if (PodGroups.number(declared) == port) {
          container(labels, placed, declared);
          if (protocol != null) {
            labels.set("pod_container_port_protocol", protocol);
          }
          break;
        }
      }
    }
  }

  private static MetaLabels container(
      MetaLabels labels, PodGroups.Placed placed, ContainerPort port) {
    labels
        .set("pod_container_name", placed.container().getName())
        .set("pod_container_image", placed.container().getImage())
        .set("pod_container_init", placed.initLabel());
    return PodGroups.port(labels, port);
  }

  /**
   * Targets for declared ports that no address named.
   *
   * @param common labels of the whole object
   */
  List<Labels> others(Labels common) {
    List<Labels> targets = new ArrayList<>();
    for (Seen one : seen.values()) {
      String ip = PodGroups.status(one.pod()).getPodIP();
      if (ip != null && !ip.isEmpty()) {
        others(one, ip, common, targets);
      }
    }
    return targets;
  }

  private static void others(Seen one, String ip, Labels common, List<Labels> targets) {
    for (PodGroups.Placed placed : PodGroups.containers(one.pod())) {
      for (ContainerPort port : placed.container().getPorts()) {
        if (!one.ports().contains(PodGroups.number(port))) {
          MetaLabels labels = new MetaLabels(common).all(PodGroups.labels(one.pod()));
          labels.address(HostPort.join(ip, PodGroups.number(port)));
          targets.add(container(labels, placed, port).build());
        }
      }
    }
  }
}
