package dev.stoker.discovery.kubernetes.objects;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.EndpointSubset;
import io.fabric8.kubernetes.api.model.Endpoints;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.networking.v1.HTTPIngressPath;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.api.model.networking.v1.IngressRule;
import io.fabric8.kubernetes.api.model.networking.v1.IngressSpec;
import io.fabric8.kubernetes.api.model.networking.v1.IngressTLS;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What objects take of the memory for targets. */
public final class Weights {
  /** Measured by ObjectWeights in the tests, without texts: an object with its metadata. */
  private static final long OBJECT = 800;

  /** Spec, status and conditions. */
  private static final long POD = 900;

  private static final long CONTAINER = 420;
  private static final long STATUS = 250;
  private static final long PORT = 140;
  private static final long OWNER = 160;
  private static final long ADDRESS = 500;

  /** An endpoint of a slice. */
  private static final long ENDPOINT = 650;

  private static final long RULE = 350;

  /** A path of an ingress, a port of a service, an address of a node. */
  private static final long SMALL = 160;

  private static final long ENTRY = 56;
  private static final long TEXT = 48;

  private Weights() {}

  /**
   * About how many bytes of the heap an object that was read here takes; more rather than less, as
   * texts that are shared count for each of those who have them.
   */
  public static long of(HasMetadata object) {
    long bytes = OBJECT + weight(object.getMetadata());
    if (object instanceof Pod pod) {
      bytes += POD + weight(pod.getSpec()) + weight(pod.getStatus());
    } else if (object instanceof Service service && service.getSpec() != null) {
      bytes += SMALL * service.getSpec().getPorts().size();
    } else if (object instanceof Node node && node.getStatus() != null) {
      bytes += SMALL * node.getStatus().getAddresses().size();
    } else if (object instanceof Endpoints endpoints) {
      for (EndpointSubset subset : endpoints.getSubsets()) {
        bytes += ADDRESS * (subset.getAddresses().size() + subset.getNotReadyAddresses().size());
        bytes += PORT * subset.getPorts().size();
      }
    } else if (object instanceof EndpointSlice slice) {
      for (Endpoint endpoint : slice.getEndpoints()) {
        bytes += ENDPOINT + texts(endpoint.getAddresses());
        bytes += weight(endpoint.getDeprecatedTopology());
      }
      bytes += PORT * slice.getPorts().size();
    } else if (object instanceof Ingress ingress && ingress.getSpec() != null) {
      bytes += weight(ingress.getSpec());
    }
    return bytes;
  }

  private static long weight(@Nullable ObjectMeta meta) {
    return meta == null
        ? 0
        : text(meta.getName())
            + text(meta.getNamespace())
            + text(meta.getUid())
            + weight(meta.getLabels())
            + weight(meta.getAnnotations())
            + OWNER * meta.getOwnerReferences().size();
  }

  private static long weight(@Nullable PodSpec spec) {
    return spec == null
        ? 0
        : text(spec.getNodeName())
            + weight(spec.getContainers())
            + weight(spec.getInitContainers());
  }

  private static long weight(List<Container> containers) {
    long bytes = 0;
    for (Container container : containers) {
      bytes += CONTAINER + text(container.getName()) + text(container.getImage());
      for (ContainerPort port : container.getPorts()) {
        bytes += PORT + text(port.getName());
      }
    }
    return bytes;
  }

  private static long weight(@Nullable PodStatus status) {
    return status == null
        ? 0
        : text(status.getPodIP())
            + text(status.getHostIP())
            + statuses(status.getContainerStatuses())
            + statuses(status.getInitContainerStatuses());
  }

  private static long statuses(List<ContainerStatus> statuses) {
    long bytes = 0;
    for (ContainerStatus status : statuses) {
      bytes += STATUS + text(status.getName()) + text(status.getContainerID());
    }
    return bytes;
  }

  private static long weight(IngressSpec spec) {
    long bytes = 0;
    for (IngressRule rule : spec.getRules()) {
      bytes += RULE + text(rule.getHost());
      if (rule.getHttp() != null) {
        for (HTTPIngressPath path : rule.getHttp().getPaths()) {
          bytes += SMALL + text(path.getPath());
        }
      }
    }
    for (IngressTLS tls : spec.getTls()) {
      bytes += SMALL + texts(tls.getHosts());
    }
    return bytes;
  }

  private static long weight(@Nullable Map<String, String> texts) {
    long bytes = 0;
    if (texts != null) {
      for (Map.Entry<String, String> entry : texts.entrySet()) {
        bytes += ENTRY + text(entry.getKey()) + text(entry.getValue());
      }
    }
    return bytes;
  }

  private static long texts(List<String> texts) {
    return texts.stream().mapToLong(text -> ENTRY + text(text)).sum();
  }

  private static long text(@Nullable String text) {
    return text == null ? 0 : TEXT + text.length() * (isWide(text) ? 2L : 1L);
  }

  /** The JVM takes two bytes for each character of a text that has one beyond Latin-1. */
  private static boolean isWide(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) > 0xff) {
        return true;
      }
    }
    return false;
  }
}
