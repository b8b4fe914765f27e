package dev.stoker.discovery.kubernetes.labels;

import dev.stoker.discovery.DroppedTarget;
import dev.stoker.discovery.TargetGroup;
import dev.stoker.discovery.TargetTransform;
import dev.stoker.discovery.kubernetes.objects.Kind;
import dev.stoker.discovery.kubernetes.objects.ObjectKey;
import dev.stoker.discovery.kubernetes.objects.Skipped;
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
import java.util.Locale;

/** An object of the API as a group of targets. Pure. */
public final class Groups {
  private Groups() {}

  /**
   * The targets of one object; none of them if it has no address yet, or where the object has holes
   * that no API server leaves: the others are not to suffer from it.
   *
   * @param malformed says so in the log, once for each such object
   */
  public static TargetGroup of(HasMetadata object, Lookups lookups, MalformedObjects malformed) {
    String key = ObjectKey.of(object.getMetadata());
    try {
      List<Labels> targets = targets(object, lookups);
      malformed.forget(key);
      return targets.isEmpty() && object instanceof Pod pod
          ? new TargetGroup(key, targets, PodGroups.dropped(pod, lookups))
          : new TargetGroup(key, targets);
    } catch (RuntimeException error) {
      malformed.found(object.getKind(), key, error);
      return new TargetGroup(key, List.of(), List.of(malformed(object)));
    }
  }

  /** An object that is there and gives no target, under its name. */
  public static TargetGroup skipped(Kind kind, String key, Skipped why) {
    int slash = key.indexOf('/');
    Labels name =
        new MetaLabels()
            .set("namespace", slash < 0 ? "" : key.substring(0, slash))
            .set(kind.label() + "_name", key.substring(slash + 1))
            .build();
    return new TargetGroup(
        key, List.of(), List.of(new TargetTransform.Drop(name, why.reason(), why.why())));
  }

  private static TargetTransform.Drop malformed(HasMetadata object) {
    MetaLabels labels = new MetaLabels();
    ObjectMeta meta = object.getMetadata();
    if (meta != null) {
      labels
          .namespace(meta)
          .set(String.valueOf(object.getKind()).toLowerCase(Locale.ROOT) + "_name", meta.getName());
    }
    return new TargetTransform.Drop(
        labels.build(),
        DroppedTarget.Reason.INVALID,
        "this object of the API makes no sense; the log says why");
  }

  private static List<Labels> targets(HasMetadata object, Lookups lookups) {
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
    return targets;
  }

  /** A pod's targets without labels of its node or namespace; for discovery.kubelet. */
  public static TargetGroup ofPod(Pod pod, MalformedObjects malformed) {
    return of(pod, new Lookups(Lookups.Objects.NONE, Attach.NOTHING), malformed);
  }
}
