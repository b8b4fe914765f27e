package dev.stoker.discovery.kubernetes.objects;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What tells the objects of one kind apart. */
public final class ObjectKey {
  /** No real object has an empty name. */
  private static final String NAMELESS = "";

  private ObjectKey() {}

  /** <code>namespace/name</code>, or the name alone for what has no namespace. */
  public static String of(@Nullable ObjectMeta meta) {
    if (meta == null) {
      return NAMELESS;
    }
    return of(
        Objects.requireNonNullElse(meta.getNamespace(), ""),
        Objects.requireNonNullElse(meta.getName(), NAMELESS));
  }

  public static String of(String namespace, String name) {
    return namespace.isEmpty() ? name : namespace + "/" + name;
  }
}
