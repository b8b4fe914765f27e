package dev.stoker.schema;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads the arguments of a block. It notes which ones were asked for; {@link #finish} reports all
 * others, so a reader must ask for all of its arguments. After a problem the default is returned,
 * and reading goes on to find the next one.
 */
public final class Args {
  private final Node block;
  private final Map<String, Node> children = new LinkedHashMap<>();
  private final Set<String> known = new LinkedHashSet<>();
  private final Set<String> failed = new LinkedHashSet<>();

  private Declared.Spelling spelling = new Declared.Spelling("argument", name -> Optional.empty());

  /** Listens to what the reader asks for; null = the block is a user's. */
  private final @Nullable Declared declared;

  public Args(Node block) {
    this(block, null);
  }

  Args(Node block, @Nullable Declared declared) {
    this.block = block;
    this.declared = declared;
    block.children().forEach(child -> children.put(child.getKey(), child.getValue()));
  }

  public Node block() {
    return block;
  }

  public String path(String key) {
    return Node.join(block.path(), key);
  }

  public boolean has(String key) {
    return declared != null || children.containsKey(key);
  }

  /** The block is the user's own, and empty. */
  public boolean isEmpty() {
    return declared == null && block.isObject() && block.children().isEmpty();
  }

  /** The argument as it is; null when it is not set. */
  public @Nullable Node node(String key) {
    if (declared != null) {
      declared.argument(key, "any", "", false);
    }
    return given(key);
  }

  private @Nullable Node given(String key) {
    known.add(key);
    return children.get(key);
  }

  public <T> T get(String key, T fallback, Converter<T> converter) {
    if (declared != null) {
      declared.argument(key, converter.type(), converter.shown(fallback), false);
      return fallback;
    }
    Node node = given(key);
    T value = node == null ? null : converter.convert(node);
    if (node != null && value == null) {
      failed.add(key);
    }
    return value == null ? fallback : value;
  }

  /**
   * @param example completes "write …"
   */
  public <T> T require(String key, T placeholder, String example, Converter<T> converter) {
    if (declared != null) {
      declared.argument(key, converter.type(), "", true);
      return placeholder;
    }
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
  public Args block(String key) {
    return declared != null ? declared.block(key, "", false) : get(key, nothing(key), Args::of);
  }

  /**
   * A list of blocks, each read by the reader; a single block may stand without brackets.
   *
   * @param one what a single one is called where blocks are repeated, as in Alloy
   */
  public void blocks(String key, String one, Consumer<Args> reader) {
    declareBlocks(key, one, reader);
    Node list = given(key);
    if (list == null) {
      return;
    }
    for (Node element : list.elements()) {
      Args args = of(element);
      if (args != null) {
        reader.accept(args);
        args.finish();
      }
    }
  }

  /**
   * Only says what may stand in a list of blocks that is read by other means.
   *
   * @param one as for {@link #blocks}
   */
  public void declareBlocks(String key, String one, Consumer<Args> reader) {
    if (declared != null) {
      reader.accept(declared.block(key, one, false));
    }
  }

  /** Only says what may stand in a block that is read by other means. */
  public void declareBlock(String key, Consumer<Args> reader) {
    if (declared != null) {
      reader.accept(declared.block(key, "", false));
    }
  }

  /** Declares a block of blocks whose names the user chooses. */
  public void declareNamed(String key, Consumer<Args> reader) {
    if (declared != null) {
      reader.accept(declared.block(key, "", true));
    }
  }

  /** Reads a block of secrets. A wrong value may be a secret too, so it is not shown. */
  public Args secretBlock(String key) {
    return declared != null
        ? declared.block(key, "", false)
        : get(key, nothing(key), node -> of(node.isObject() ? node : node.hidden()));
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

  public static @Nullable Args of(Node node) {
    if (!node.isObject()) {
      node.error("must be a block { … }, but is " + node.describe());
      return null;
    }
    return new Args(node);
  }

  /** The argument was there, but is wrong. */
  public boolean failed(String... keys) {
    return failed.stream().anyMatch(List.of(keys)::contains);
  }

  /** Reports at the argument where it is set, else at the block. */
  public void problem(String key, String message) {
    Node at = children.getOrDefault(key, block);
    String path = key.isEmpty() ? block.path() : path(key);
    Place place = at == block ? at.place().ofName() : at.place();
    block.scope().problems().error(place, path, message);
  }

  /** The argument is right, but does nothing. */
  public void warn(String key, String message) {
    block.scope().problems().warn(children.getOrDefault(key, block).place(), path(key), message);
  }

  /** The argument is right, and does what may not be expected. */
  public void note(String key, String message) {
    block.scope().problems().note(children.getOrDefault(key, block).place(), path(key), message);
  }

  /** Arguments that other tools have; the message is better than a guess at a spelling. */
  public void refuse(Map<String, String> reasons) {
    reasons.forEach(
        (key, reason) -> {
          Node node = children.remove(key);
          if (node != null) {
            node.errorOfName(reason);
          }
        });
  }

  /**
   * How a name that is unknown here may have been meant, when another program spells it so.
   *
   * @param what the names of this block stand for, such as <code>profile type</code>
   */
  public Args spelled(String what, Function<String, Optional<String>> meant) {
    spelling = new Declared.Spelling(what, meant);
    if (declared != null) {
      declared.spelled(spelling);
    }
    return this;
  }

  /** Reports every argument that nobody asked for. */
  public void finish() {
    children.forEach(
        (key, node) -> {
          Optional<String> right = spelling.meant().apply(key);
          if (!known.contains(key) && right.isPresent()) {
            node.errorOfName(
                "there is no "
                    + spelling.what()
                    + " of that name; did you mean \""
                    + right.get()
                    + "\"?");
          } else if (!known.contains(key)) {
            node.errorOfName("unknown argument" + Texts.didYouMean(key, known));
          }
        });
  }
}
