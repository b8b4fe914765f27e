package dev.stoker.discovery.kubernetes.labels;

import dev.stoker.discovery.kubernetes.objects.HostPort;
import dev.stoker.labels.Labels;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.ServiceSpec;
import java.util.ArrayList;
import java.util.List;

/** Role service: a target for each port, at the service's DNS name. */
final class ServiceGroups {
  private ServiceGroups() {}

  static List<Labels> targets(Service service, Lookups lookups) {
    ObjectMeta meta = service.getMetadata();
    ServiceSpec spec = service.getSpec() == null ? new ServiceSpec() : service.getSpec();
    MetaLabels common = labels(service);
    lookups.namespace(common, meta.getNamespace());
    boolean external = "ExternalName".equals(spec.getType());
    common
        .set("service_type", spec.getType() == null ? "ClusterIP" : spec.getType())
        .set("service_external_name", external ? spec.getExternalName() : null)
        .set("service_cluster_ip", external ? null : spec.getClusterIP())
        .set(
            "service_loadbalancer_ip",
            "LoadBalancer".equals(spec.getType()) ? spec.getLoadBalancerIP() : null);
    Labels shared = common.build();
    List<Labels> targets = new ArrayList<>();
    for (ServicePort port : spec.getPorts()) {
      int number = port.getPort() == null ? 0 : port.getPort();
      targets.add(
          new MetaLabels(shared)
              .address(HostPort.join(meta.getName() + "." + meta.getNamespace() + ".svc", number))
              .set("service_port_name", port.getName())
              .set("service_port_number", number)
              .set("service_port_protocol", PodGroups.orTcp(port.getProtocol()))
              .build());
    }
    return targets;
  }

  /** What endpoints take over from their service. */
  static MetaLabels labels(Service service) {
    return new MetaLabels()
        .namespace(service.getMetadata())
        .object("service", service.getMetadata());
  }
}
