package dev.stoker.discovery.kubernetes.labels;

import dev.stoker.discovery.kubernetes.objects.HostPort;
import dev.stoker.labels.Labels;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeAddress;
import io.fabric8.kubernetes.api.model.NodeStatus;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Role node: a target for each node, at its kubelet's port. */
final class NodeGroups {
  private static final List<String> BEST_FIRST =
      List.of("InternalIP", "InternalDNS", "ExternalIP", "ExternalDNS", "LegacyHostIP", "Hostname");

  private NodeGroups() {}

  static List<Labels> targets(Node node) {
    NodeStatus status = node.getStatus() == null ? new NodeStatus() : node.getStatus();
    Map<String, String> addresses = new LinkedHashMap<>();
    for (NodeAddress address : status.getAddresses()) {
      if (address.getType() != null && address.getAddress() != null) {
        addresses.putIfAbsent(address.getType(), address.getAddress());
      }
    }
    String best =
        BEST_FIRST.stream()
            .filter(addresses::containsKey)
            .findFirst()
            .map(addresses::get)
            .orElse("");
    if (best.isEmpty()) {
      return List.of();
    }
    MetaLabels labels =
        new MetaLabels()
            .object("node", node.getMetadata())
            .set("node_provider_id", node.getSpec() == null ? null : node.getSpec().getProviderID())
            .plain("instance", node.getMetadata().getName())
            .address(HostPort.join(best, kubeletPort(status)));
    addresses.forEach(
        (type, address) -> labels.set("node_address_" + MetaLabels.sanitized(type), address));
    return List.of(labels.build());
  }

  private static int kubeletPort(NodeStatus status) {
    boolean known =
        status.getDaemonEndpoints() != null
            && status.getDaemonEndpoints().getKubeletEndpoint() != null
            && status.getDaemonEndpoints().getKubeletEndpoint().getPort() != null;
    return known ? status.getDaemonEndpoints().getKubeletEndpoint().getPort() : 0;
  }
}
