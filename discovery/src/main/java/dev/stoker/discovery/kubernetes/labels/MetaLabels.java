package dev.stoker.discovery.kubernetes.labels;

import dev.stoker.labels.Labels;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Builds the <code>__meta_kubernetes_*</code> labels of one target; the names are Prometheus'. Null
 * is no label.
 */
final class MetaLabels {
  static final String PREFIX = "__meta_kubernetes_";

  private final Labels.Builder labels;

  MetaLabels() {
    this(Labels.empty());
  }

  MetaLabels(Labels from) {
    this.labels = from.toBuilder();
  }

  MetaLabels address(String address) {
    labels.set("__address__", address);
    return this;
  }

  /** A label without the prefix. */
  MetaLabels plain(String name, @Nullable String value) {
    labels.set(name, value == null ? "" : value);
    return this;
  }

  /** Names repeat over all objects of a cluster: interned, each is held once. */
  MetaLabels set(String name, @Nullable Object value) {
    labels.set((PREFIX + name).intern(), value == null ? "" : value.toString());
    return this;
  }

  MetaLabels namespace(ObjectMeta meta) {
    return set("namespace", meta.getNamespace());
  }

  /** Name, labels and annotations of an object under its role's name. */
  MetaLabels object(String role, ObjectMeta meta) {
    set(role + "_name", meta.getName());
    return labelsAndAnnotations(role, meta);
  }

  MetaLabels labelsAndAnnotations(String role, ObjectMeta meta) {
    each(role + "_label", meta.getLabels());
    each(role + "_annotation", meta.getAnnotations());
    return this;
  }

  private void each(String prefix, @Nullable Map<String, String> entries) {
    if (entries != null) {
      entries.forEach(
          (key, value) -> {
            String name = sanitized(key);
            set(prefix + "_" + name, value);
            set(prefix + "present_" + name, "true");
          });
    }
  }

  MetaLabels all(Labels others) {
    labels.setAll(others);
    return this;
  }

  Labels build() {
    return labels.build();
  }

  /** Every character that no label name may have becomes an underscore, as in Prometheus. */
  static String sanitized(String key) {
    StringBuilder out = new StringBuilder(key.length());
    for (int i = 0; i < key.length(); i++) {
      char c = key.charAt(i);
      boolean fine = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
      out.append(fine ? c : '_');
    }
    return out.toString();
  }
}
