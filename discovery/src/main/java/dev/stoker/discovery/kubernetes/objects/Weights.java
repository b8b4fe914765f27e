package dev.stoker.discovery.kubernetes.objects;

import io.fabric8.kubernetes.api.model.EndpointSubset;
import io.fabric8.kubernetes.api.model.Endpoints;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What objects take of the memory for targets. */
public final class Weights {
  /** Measured, without texts. */
  private static final long OBJECT = 1_000;

  private static final long CONTAINER = 800;
  private static final long ADDRESS = 500;
  private static final long ENTRY = 100;

  private Weights() {}

  /** About how many bytes of the heap an object that was read here takes. */
  public static long of(HasMetadata object) {
    ObjectMeta meta = object.getMetadata();
    long bytes = OBJECT;
    if (meta != null) {
      bytes += weight(meta.getLabels()) + weight(meta.getAnnotations());
    }
    if (object instanceof Pod pod && pod.getSpec() != null) {
      bytes += CONTAINER * (pod.getSpec().getContainers().size() + 1L);
    } else if (object instanceof Endpoints endpoints) {
      for (EndpointSubset subset : endpoints.getSubsets()) {
        bytes += ADDRESS * (subset.getAddresses().size() + subset.getNotReadyAddresses().size());
      }
    } else if (object instanceof EndpointSlice slice) {
      bytes += ADDRESS * slice.getEndpoints().size();
    }
    return bytes;
  }

  private static long weight(@Nullable Map<String, String> texts) {
    long bytes = 0;
    if (texts != null) {
      for (String value : texts.values()) {
        bytes += ENTRY + (value == null ? 0 : value.length());
      }
    }
    return bytes;
  }
}
