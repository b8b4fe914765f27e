package dev.stoker.discovery.kubernetes.labels;

import dev.stoker.discovery.kubernetes.objects.HostPort;
import dev.stoker.labels.Labels;
import io.fabric8.kubernetes.api.model.EndpointAddress;
import io.fabric8.kubernetes.api.model.EndpointPort;
import io.fabric8.kubernetes.api.model.EndpointSubset;
import io.fabric8.kubernetes.api.model.Endpoints;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.Service;
import java.util.ArrayList;
import java.util.List;

/** Role endpoints: a target for each address and port, and for the other ports of their pods. */
final class EndpointsGroups {
  private EndpointsGroups() {}

  static List<Labels> targets(Endpoints endpoints, Lookups lookups) {
    ObjectMeta meta = endpoints.getMetadata();
    MetaLabels labels = new MetaLabels().namespace(meta).object("endpoints", meta);
    lookups.namespace(labels, meta.getNamespace());
    Service service = lookups.service(meta.getNamespace(), meta.getName());
    if (service != null) {
      labels.all(ServiceGroups.labels(service).build());
    }
    Labels common = labels.build();
    EndpointPods pods = new EndpointPods(lookups);
    List<Labels> targets = new ArrayList<>();
    for (EndpointSubset subset : endpoints.getSubsets()) {
      for (EndpointPort port : subset.getPorts()) {
        for (EndpointAddress address : subset.getAddresses()) {
          targets.add(target(address, port, true, new MetaLabels(common), lookups, pods));
        }
        for (EndpointAddress address : subset.getNotReadyAddresses()) {
          targets.add(target(address, port, false, new MetaLabels(common), lookups, pods));
        }
      }
    }
    targets.addAll(pods.others(common));
    return targets;
  }

  private static Labels target(
      EndpointAddress address,
      EndpointPort port,
      boolean ready,
      MetaLabels labels,
      Lookups lookups,
      EndpointPods pods) {
    int number = port.getPort() == null ? 0 : port.getPort();
    ObjectReference reference = address.getTargetRef();
    labels
        .address(HostPort.join(address.getIp() == null ? "" : address.getIp(), number))
        .set("endpoint_port_name", port.getName())
        .set("endpoint_port_protocol", PodGroups.orTcp(port.getProtocol()))
        .set("endpoint_ready", ready)
        .set("endpoint_node_name", address.getNodeName())
        .set("endpoint_hostname", address.getHostname());
    if (reference != null) {
      labels
          .set("endpoint_address_target_kind", reference.getKind())
          .set("endpoint_address_target_name", reference.getName());
    }
    lookups.node(labels, nodeName(address.getNodeName(), reference));
    pods.label(labels, reference, number, PodGroups.orTcp(port.getProtocol()));
    return labels.build();
  }

  /** An address says which node it is on, or is a node itself. */
  static @org.jspecify.annotations.Nullable String nodeName(
      @org.jspecify.annotations.Nullable String nodeName,
      @org.jspecify.annotations.Nullable ObjectReference reference) {
    if (nodeName != null) {
      return nodeName;
    }
    return reference != null && "Node".equals(reference.getKind()) ? reference.getName() : null;
  }
}
