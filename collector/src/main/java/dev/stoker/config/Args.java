package dev.stoker.config;

import dev.stoker.alloy.ProfileNames;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the arguments of a block. It notes which ones were asked for; {@link #finish} reports all
 * others, so a reader must ask for all of its arguments. After a problem the default is returned,
 * and reading goes on to find the next one.
 */
final class Args {
  private final Node block;
  private final Map<String, Node> children = new LinkedHashMap<>();
  private final Set<String> known = new LinkedHashSet<>();
  private final Set<String> failed = new LinkedHashSet<>();

  Args(Node block) {
    this.block = block;
    block.children().forEach(child -> children.put(child.getKey(), child.getValue()));
  }

  Node block() {
    return block;
  }

  String path(String key) {
    return Node.join(block.path(), key);
  }

  boolean has(String key) {
    return children.containsKey(key);
  }

  /** The argument as it is; null when it is not set. */
  @Nullable Node node(String key) {
    known.add(key);
    return children.get(key);
  }

  <T> T get(String key, T fallback, Converter<T> converter) {
    Node node = node(key);
    T value = node == null ? null : converter.convert(node);
    if (node != null && value == null) {
      failed.add(key);
    }
    return value == null ? fallback : value;
  }

  /**
   * @param example completes "write …"
   */
  <T> T require(String key, T placeholder, String example, Converter<T> converter) {
    if (missing(key)) {
      known.add(key);
      failed.add(key);
      String unset = block.scope().unset(path(key));
      problem(
          "", "has no " + key + (unset.isEmpty() ? "; write " : unset + ", or write ") + example);
    }
    return get(key, placeholder, converter);
  }

  /** An argument that is written but has no value (an unresolved substitution) is not missing. */
  private boolean missing(String key) {
    return !children.containsKey(key) && !Unresolved.at(block.value(), key);
  }

  /** A nested block; an empty one when it is not set. */
  Args block(String key) {
    return get(key, nothing(key), Args::of);
  }

  /** The same for a block of secrets: what stands there instead may be one, and is not shown. */
  Args secretBlock(String key) {
    return get(key, nothing(key), node -> of(node.isObject() ? node : node.hidden()));
  }

  private Args nothing(String key) {
    return new Args(
        new Node(
            com.typesafe.config.ConfigFactory.empty().root(),
            path(key),
            block.place(),
            false,
            block.scope()));
  }

  static @Nullable Args of(Node node) {
    if (!node.isObject()) {
      node.error("must be a block { … }, but is " + node.describe());
      return null;
    }
    return new Args(node);
  }

  /** The argument was there, but is wrong. */
  boolean failed(String... keys) {
    return failed.stream().anyMatch(List.of(keys)::contains);
  }

  /** Reports at the argument where it is set, else at the block. */
  void problem(String key, String message) {
    Node at = children.getOrDefault(key, block);
    String path = key.isEmpty() ? block.path() : path(key);
    Place place = at == block ? at.place().ofName() : at.place();
    block.scope().problems().error(place, path, message);
  }

  /** The argument is right, but does nothing. */
  void warn(String key, String message) {
    block.scope().problems().warn(children.getOrDefault(key, block).place(), path(key), message);
  }

  /** The argument is right, and does what may not be expected. */
  void note(String key, String message) {
    block.scope().problems().note(children.getOrDefault(key, block).place(), path(key), message);
  }

  /** Arguments that other tools have; the message is better than a guess at a spelling. */
  void refuse(Map<String, String> reasons) {
    reasons.forEach(
        (key, reason) -> {
          Node node = children.remove(key);
          if (node != null) {
            node.errorOfName(reason);
          }
        });
  }

  /** Reports every argument that nobody asked for. */
  void finish() {
    children.forEach(
        (key, node) -> {
          Optional<String> meant =
              block.path().endsWith("profiling_config.profile")
                  ? ProfileNames.meant(key)
                  : Optional.empty();
          if (!known.contains(key) && meant.isPresent()) {
            node.errorOfName(
                "there is no profile type of that name; did you mean \"" + meant.get() + "\"?");
          } else if (!known.contains(key)) {
            node.errorOfName("unknown argument" + Texts.didYouMean(key, known));
          }
        });
  }
}
