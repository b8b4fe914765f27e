package dev.stoker.schema;

import com.typesafe.config.ConfigFactory;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The arguments and blocks that may stand in a block, which are those that its reader asks for.
 * Found by running the reader on a block that is empty, and in which everything counts as given.
 * Not thread-safe while it is made, never changed afterwards.
 */
public final class Declared {
  private final Map<String, Argument> arguments = new LinkedHashMap<>();
  private final Map<String, Block> blocks = new LinkedHashMap<>();
  private Spelling spelling = new Spelling("argument", name -> Optional.empty());

  /**
   * An argument.
   *
   * @param type what it takes, see {@link Converter#type}
   * @param fallback what it is when it is not given
   * @param required it has to be given
   */
  public record Argument(String name, String type, Object fallback, boolean required) {}

  /**
   * A block in the block.
   *
   * @param content what may stand in it
   * @param one what a single one of a list is called where blocks are repeated; "" = it stands once
   * @param named its children are blocks with names that the user chooses
   */
  public record Block(String name, Declared content, String one, boolean named) {}

  /**
   * How names may have been meant.
   *
   * @param what the names stand for
   */
  public record Spelling(String what, Function<String, Optional<String>> meant) {}

  Declared() {}

  /** Runs a reader. */
  public static Declared by(Consumer<Args> reader) {
    Declared declared = new Declared();
    reader.accept(declared.args());
    return declared;
  }

  /** An empty block whose reader is listened to. */
  Args args() {
    Scope scope = new Scope(new Problems(), (origin, fallback) -> fallback, Map.of());
    Node empty = new Node(ConfigFactory.empty().root(), "declared", new Place("", 0), false, scope);
    return new Args(empty, this);
  }

  void argument(String name, String type, Object fallback, boolean required) {
    arguments.putIfAbsent(name, new Argument(name, type, fallback, required));
  }

  Args block(String name, String one, boolean named) {
    return blocks
        .computeIfAbsent(name, missing -> new Block(name, new Declared(), one, named))
        .content()
        .args();
  }

  void spelled(Spelling names) {
    spelling = names;
  }

  /** The arguments by name, in the order in which the reader asks. */
  public Map<String, Argument> arguments() {
    return Collections.unmodifiableMap(arguments);
  }

  /** The blocks by name. */
  public Map<String, Block> blocks() {
    return Collections.unmodifiableMap(blocks);
  }

  public Spelling spelling() {
    return spelling;
  }
}
