package dev.stoker.labels;

import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * An immutable label set, sorted by name (UTF-16 order; equal to code point order for the ASCII
 * names in use). An empty value means "no such label", as in Prometheus, so none is ever stored.
 * Two arrays rather than a map: a daemon holds tens of thousands of these.
 */
public final class Labels implements Comparable<Labels> {
  private static final Labels EMPTY = new Labels(new String[0]);

  /** name, value, name, value, … */
  private final String[] pairs;

  private final int hash;

  private Labels(String[] pairs) {
    this.pairs = pairs;
    this.hash = Arrays.hashCode(pairs);
  }

  public static Labels empty() {
    return EMPTY;
  }

  /** Alternating names and values. */
  public static Labels of(String... namesAndValues) {
    if (namesAndValues.length % 2 != 0) {
      throw new IllegalArgumentException("odd number of strings: " + namesAndValues.length);
    }
    Builder builder = new Builder(new TreeMap<>());
    for (int i = 0; i < namesAndValues.length; i += 2) {
      builder.set(namesAndValues[i], namesAndValues[i + 1]);
    }
    return builder.build();
  }

  public static Labels of(Map<String, String> labels) {
    Builder builder = new Builder(new TreeMap<>());
    labels.forEach(builder::set);
    return builder.build();
  }

  /** The value, or "" when there is no such label (the meaning that relabel rules rely on). */
  public String get(String name) {
    String value = find(name);
    return value == null ? "" : value;
  }

  public boolean has(String name) {
    return find(name) != null;
  }

  private @Nullable String find(String name) {
    int low = 0;
    int high = pairs.length / 2 - 1;
    while (low <= high) {
      int mid = (low + high) >>> 1;
      int order = pairs[2 * mid].compareTo(name);
      if (order == 0) {
        return pairs[2 * mid + 1];
      }
      if (order < 0) {
        low = mid + 1;
      } else {
        high = mid - 1;
      }
    }
    return null;
  }

  public int size() {
    return pairs.length / 2;
  }

  public boolean isEmpty() {
    return pairs.length == 0;
  }

  public void forEach(BiConsumer<String, String> action) {
    for (int i = 0; i < pairs.length; i += 2) {
      action.accept(pairs[i], pairs[i + 1]);
    }
  }

  /** The labels whose name passes. */
  public Labels filter(Predicate<String> names) {
    Builder builder = new Builder(new TreeMap<>());
    forEach(
        (name, value) -> {
          if (names.test(name)) {
            builder.set(name, value);
          }
        });
    return builder.build();
  }

  /** In name order. */
  public Map<String, String> toMap() {
    Map<String, String> map = new LinkedHashMap<>();
    forEach(map::put);
    return map;
  }

  public Builder toBuilder() {
    return new Builder(new TreeMap<>(toMap()));
  }

  /** By pairs in name order: the stable order that limits and duplicates use. */
  @Override
  public int compareTo(Labels other) {
    return Arrays.compare(pairs, other.pairs);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Labels labels
        && hash == labels.hash
        && Arrays.equals(pairs, labels.pairs);
  }

  @Override
  public int hashCode() {
    return hash;
  }

  /** <code>{name="value", …}</code> */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("{");
    forEach(
        (name, value) ->
            text.append(text.length() > 1 ? ", " : "")
                .append(name)
                .append("=\"")
                .append(value)
                .append('"'));
    return text.append('}').toString();
  }

  /** Collects labels; an empty value removes. Not thread-safe. */
  public static final class Builder {
    private final TreeMap<String, String> labels;

    private Builder(TreeMap<String, String> labels) {
      this.labels = labels;
    }

    public Builder set(String name, String value) {
      if (value.isEmpty()) {
        labels.remove(name);
      } else {
        labels.put(name, value);
      }
      return this;
    }

    public Builder setIfAbsent(String name, String value) {
      return labels.containsKey(name) ? this : set(name, value);
    }

    public Builder setAll(Labels others) {
      others.forEach(this::set);
      return this;
    }

    public Builder remove(Collection<String> names) {
      names.forEach(labels::remove);
      return this;
    }

    public String get(String name) {
      return labels.getOrDefault(name, "");
    }

    public int size() {
      return labels.size();
    }

    public Labels build() {
      if (labels.isEmpty()) {
        return EMPTY;
      }
      String[] pairs = new String[labels.size() * 2];
      int i = 0;
      for (Map.Entry<String, String> entry : labels.entrySet()) {
        pairs[i++] = entry.getKey();
        pairs[i++] = entry.getValue();
      }
      return new Labels(pairs);
    }
  }
}
