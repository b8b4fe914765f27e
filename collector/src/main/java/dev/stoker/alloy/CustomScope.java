package dev.stoker.alloy;

import dev.stoker.alloy.syntax.Expr;
import dev.stoker.alloy.syntax.Statement;
import dev.stoker.alloy.syntax.Statement.Attribute;
import dev.stoker.alloy.syntax.Statement.Block;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What names mean in the texts, or within one use of a custom component. */
final class CustomScope {
  final String prefix;
  final @Nullable Block use;
  final @Nullable CustomScope outer;

  /**
   * The <code>declare</code> blocks of this scope. Those of the scopes around it are known in it
   * too.
   */
  final Map<String, Block> declares = new HashMap<>();

  /** Ids of components → their new labels. */
  final Map<String, String> labels = new HashMap<>();

  /** Ids of custom components → what they are made of. */
  final Map<String, CustomScope> uses = new HashMap<>();

  final Map<String, Block> arguments = new LinkedHashMap<>();
  final Map<String, Expr> exports = new HashMap<>();

  /**
   * @param use the block that stands for it; null for the texts themselves
   */
  CustomScope(String prefix, @Nullable Block use, @Nullable CustomScope outer) {
    this.prefix = prefix;
    this.use = use;
    this.outer = outer;
  }

  @Nullable Block declare(String label) {
    for (CustomScope scope = this; scope != null; scope = scope.outer) {
      Block found = scope.declares.get(label);
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  /** The value of an argument in a block; null when it is not written. */
  static @Nullable Expr attribute(Block block, String name) {
    for (Statement each : block.body().statements()) {
      if (each instanceof Attribute attribute && attribute.name().equals(name)) {
        return attribute.value();
      }
    }
    return null;
  }
}
