package dev.stoker.discovery.kubernetes.labels;

import dev.stoker.discovery.kubernetes.objects.Kind;
import dev.stoker.discovery.kubernetes.objects.Skipped;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a group of targets looks up in other objects, and a record of it: when one of those changes,
 * the group is built again. For one group.
 */
public final class Lookups {
  /** By kind and <code>namespace/name</code>, or the name alone. */
  public interface Objects {
    Objects NONE = (kind, key) -> null;

    @Nullable HasMetadata find(Kind kind, String key);

    /** Why one that is there is none to be found; null = it is not there. */
    default @Nullable Skipped skipped(Kind kind, String key) {
      return null;
    }
  }

  private final Objects objects;
  private final Attach attach;
  private final Set<String> asked = new HashSet<>();

  public Lookups(Objects objects, Attach attach) {
    this.objects = objects;
    this.attach = attach;
  }

  /** Which objects were asked for, there or not; see {@link #key}. */
  public Set<String> asked() {
    return asked;
  }

  public static String key(Kind kind, String name) {
    return kind.plural() + " " + name;
  }

  @Nullable Pod pod(String namespace, String name) {
    return find(Kind.POD, namespace + "/" + name) instanceof Pod pod ? pod : null;
  }

  @Nullable Service service(String namespace, String name) {
    return find(Kind.SERVICE, namespace + "/" + name) instanceof Service service ? service : null;
  }

  /** Labels of a node, when they are wanted. */
  void node(MetaLabels labels, @Nullable String name) {
    if (attach.node()
        && name != null
        && !name.isEmpty()
        && find(Kind.NODE, name) instanceof Node node) {
      labels.object("node", node.getMetadata());
    }
  }

  /**
   * Whether the labels of a node are wanted and there is no such node; it may be another's by a
   * selector.
   */
  boolean lacksNode(@Nullable String name) {
    return attach.node() && (name == null || name.isEmpty() || find(Kind.NODE, name) == null);
  }

  /** Why a node that is there is not known; null = it is not there. */
  @Nullable Skipped skippedNode(String name) {
    return objects.skipped(Kind.NODE, name);
  }

  /** Labels of a namespace, when they are wanted. */
  void namespace(MetaLabels labels, @Nullable String name) {
    if (attach.namespace()
        && name != null
        && find(Kind.NAMESPACE, name) instanceof Namespace namespace) {
      labels.labelsAndAnnotations("namespace", namespace.getMetadata());
    }
  }

  private @Nullable HasMetadata find(Kind kind, String name) {
    asked.add(key(kind, name));
    return objects.find(kind, name);
  }
}
