package dev.stoker.discovery.kubernetes;

import dev.stoker.discovery.TargetGroup;
import dev.stoker.labels.Labels;
import io.fabric8.kubernetes.api.model.Endpoints;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import java.util.List;

/** An object of the API as a group of targets. Pure. */
public final class Groups {
  private Groups() {}

  /** The targets of one object; none of them if it has no address yet. */
  static TargetGroup of(HasMetadata object, Lookups lookups) {
    List<Labels> targets = List.of();
    if (object instanceof Pod pod) {
      targets = PodGroups.targets(pod, lookups);
    } else if (object instanceof Node node) {
      targets = NodeGroups.targets(node);
    } else if (object instanceof Service service) {
      targets = ServiceGroups.targets(service, lookups);
    } else if (object instanceof Endpoints endpoints) {
      targets = EndpointsGroups.targets(endpoints, lookups);
    } else if (object instanceof EndpointSlice slice) {
      targets = SliceGroups.targets(slice, lookups);
    } else if (object instanceof Ingress ingress) {
      targets = IngressGroups.targets(ingress, lookups);
    }
    return new TargetGroup(key(object.getMetadata()), targets);
  }

  /** A pod's targets without labels of its node or namespace; for discovery.kubelet. */
  public static TargetGroup ofPod(Pod pod) {
    return of(pod, new Lookups((kind, name) -> null, KubernetesConfig.Attach.NOTHING));
  }

  /** <code>namespace/name</code>, or the name alone for what has no namespace. */
  static String key(ObjectMeta meta) {
    return meta.getNamespace() == null || meta.getNamespace().isEmpty()
        ? meta.getName()
        : meta.getNamespace() + "/" + meta.getName();
  }
}
