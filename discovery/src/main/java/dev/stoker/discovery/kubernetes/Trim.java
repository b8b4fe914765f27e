package dev.stoker.discovery.kubernetes;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.Service;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Takes out of an object what no label is made of, before it is cached: most of a pod's 20 KB is
 * volumes, environment, probes and who changed which field.
 */
final class Trim {

  private Trim() {}

  /** Changes and returns the object. */
  static <T extends HasMetadata> T of(T object) {
    if (object.getMetadata() == null) {
      object.setMetadata(new ObjectMeta());
    }
    ObjectMeta meta = object.getMetadata();
    meta.setManagedFields(List.of());
    meta.setFinalizers(List.of());
    if (object instanceof Pod pod) {
      pod(pod);
    } else if (object instanceof Node node && node.getStatus() != null) {
      node.getStatus().setImages(List.of());
      node.getStatus().setConditions(List.of());
      node.getStatus().setCapacity(null);
      node.getStatus().setAllocatable(null);
    } else if (object instanceof Service service) {
      service.setStatus(null);
    } else if (object instanceof Namespace namespace) {
      namespace.setSpec(null);
      namespace.setStatus(null);
    }
    return object;
  }

  private static void pod(Pod pod) {
    PodSpec spec = pod.getSpec();
    if (spec != null) {
      spec.setVolumes(List.of());
      spec.setTolerations(List.of());
      spec.setAffinity(null);
      spec.setSecurityContext(null);
      spec.setTopologySpreadConstraints(List.of());
      spec.setEphemeralContainers(List.of());
      spec.setContainers(present(spec.getContainers()));
      spec.setInitContainers(present(spec.getInitContainers()));
      spec.getContainers().forEach(Trim::container);
      spec.getInitContainers().forEach(Trim::container);
    }
    PodStatus status = pod.getStatus();
    if (status != null) {
      status.setContainerStatuses(present(status.getContainerStatuses()));
      status.setInitContainerStatuses(present(status.getInitContainerStatuses()));
      status.getContainerStatuses().forEach(Trim::status);
      status.getInitContainerStatuses().forEach(Trim::status);
      status.setEphemeralContainerStatuses(List.of());
    }
  }

  /** A written <code>null</code>, as a list or in one, is nothing. */
  private static <T> List<T> present(@Nullable List<T> list) {
    return list == null ? List.of() : list.stream().filter(Objects::nonNull).toList();
  }

  private static void container(Container container) {
    container.setEnv(List.of());
    container.setEnvFrom(List.of());
    container.setArgs(List.of());
    container.setCommand(List.of());
    container.setVolumeMounts(List.of());
    container.setVolumeDevices(List.of());
    container.setResources(null);
    container.setLivenessProbe(null);
    container.setReadinessProbe(null);
    container.setStartupProbe(null);
    container.setLifecycle(null);
    container.setSecurityContext(null);
  }

  private static void status(io.fabric8.kubernetes.api.model.ContainerStatus status) {
    status.setState(null);
    status.setLastState(null);
    status.setVolumeMounts(List.of());
    status.setAllocatedResources(null);
    status.setResources(null);
  }
}
