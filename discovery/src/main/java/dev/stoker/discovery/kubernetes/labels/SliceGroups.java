package dev.stoker.discovery.kubernetes.labels;

import dev.stoker.discovery.kubernetes.objects.HostPort;
import dev.stoker.labels.Labels;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceSpec;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointConditions;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointPort;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Role endpointslice: as endpoints, from the objects that took their place. */
final class SliceGroups {
  private static final String SERVICE_NAME = "kubernetes.io/service-name";

  private SliceGroups() {}

  static List<Labels> targets(EndpointSlice slice, Lookups lookups) {
    ObjectMeta meta = slice.getMetadata();
    MetaLabels labels =
        new MetaLabels()
            .namespace(meta)
            .object("endpointslice", meta)
            .set("endpointslice_address_type", slice.getAddressType());
    lookups.namespace(labels, meta.getNamespace());
    String serviceName =
        meta.getLabels() == null ? "" : meta.getLabels().getOrDefault(SERVICE_NAME, "");
    Service service =
        serviceName.isEmpty() ? null : lookups.service(meta.getNamespace(), serviceName);
    if (service != null && isSecondFamily(service, slice)) {
      return List.of();
    }
    if (service != null) {
      labels.all(ServiceGroups.labels(service).build());
    }
    Labels common = labels.build();
    EndpointPods pods = new EndpointPods(lookups);
    List<Labels> targets = new ArrayList<>();
    for (Endpoint endpoint : slice.getEndpoints()) {
      for (EndpointPort port : slice.getPorts()) {
        for (String address : endpoint.getAddresses()) {
          MetaLabels target = new MetaLabels(common);
          target.address(port.getPort() == null ? address : HostPort.join(address, port.getPort()));
          port(target, port);
          endpoint(target, endpoint, lookups);
          pods.label(target, endpoint.getTargetRef(), port.getPort(), null);
          targets.add(target.build());
        }
      }
    }
    targets.addAll(pods.others(common));
    return targets;
  }

  /**
   * A service with two address families has its slices twice. The pods are the same ones, so only
   * the slices of the first family give targets, as in Prometheus.
   */
  private static boolean isSecondFamily(Service service, EndpointSlice slice) {
    ServiceSpec spec = service.getSpec();
    return spec != null
        && ("PreferDualStack".equals(spec.getIpFamilyPolicy())
            || "RequireDualStack".equals(spec.getIpFamilyPolicy()))
        && !spec.getIpFamilies().isEmpty()
        && !Objects.equals(slice.getAddressType(), spec.getIpFamilies().get(0));
  }

  private static void port(MetaLabels labels, EndpointPort port) {
    labels
        .set("endpointslice_port", port.getPort())
        .set("endpointslice_port_name", port.getName())
        .set("endpointslice_port_protocol", PodGroups.orTcp(port.getProtocol()))
        .set("endpointslice_port_app_protocol", port.getAppProtocol());
  }

  private static void endpoint(MetaLabels labels, Endpoint endpoint, Lookups lookups) {
    EndpointConditions conditions =
        endpoint.getConditions() == null ? new EndpointConditions() : endpoint.getConditions();
    ObjectReference reference = endpoint.getTargetRef();
    labels
        .set("endpointslice_endpoint_conditions_ready", conditions.getReady())
        .set("endpointslice_endpoint_conditions_serving", conditions.getServing())
        .set("endpointslice_endpoint_conditions_terminating", conditions.getTerminating())
        .set("endpointslice_endpoint_hostname", endpoint.getHostname())
        .set("endpointslice_endpoint_node_name", endpoint.getNodeName())
        .set("endpointslice_endpoint_zone", endpoint.getZone());
    if (reference != null) {
      labels
          .set("endpointslice_address_target_kind", reference.getKind())
          .set("endpointslice_address_target_name", reference.getName());
    }
    Map<String, String> topology = endpoint.getDeprecatedTopology();
    if (topology != null) {
      topology.forEach(
          (key, value) -> {
            String name = MetaLabels.sanitized(key);
            labels
                .set("endpointslice_endpoint_topology_" + name, value)
                .set("endpointslice_endpoint_topology_present_" + name, "true");
          });
    }
    lookups.node(labels, EndpointsGroups.nodeName(endpoint.getNodeName(), reference));
  }
}
