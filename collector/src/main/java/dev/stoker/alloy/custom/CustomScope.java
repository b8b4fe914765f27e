package dev.stoker.alloy.custom;

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
  final Namespace names;

  /** Ids of components → their new labels. */
  final Map<String, String> labels = new HashMap<>();

  /** Ids of custom components → what they are made of. */
  final Map<String, CustomScope> uses = new HashMap<>();

  final Map<String, Block> arguments = new LinkedHashMap<>();
  final Map<String, Expr> exports = new HashMap<>();

  /**
   * @param use the block that stands for it; null for the texts themselves
   * @param outer what names mean where it is used
   * @param names the custom components that are known in it
   */
  CustomScope(String prefix, @Nullable Block use, @Nullable CustomScope outer, Namespace names) {
    this.prefix = prefix;
    this.use = use;
    this.outer = outer;
    this.names = names;
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
