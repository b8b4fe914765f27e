package dev.stoker.alloy;

import dev.stoker.component.References;
import dev.stoker.schema.Declared;
import dev.stoker.schema.Quantities;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The arguments and blocks that may stand in a block of Alloy, and their names here. Immutable once
 * the table is built.
 */
final class BlockSpec {
  /** How an argument is written. */
  enum Kind {
    PLAIN,
    /** Go's durations may have several units, HOCON's one. */
    DURATION,
    /** A list of targets and references. */
    TARGETS,
    /** A list of references. */
    RECEIVERS;

    /**
     * @param type as an argument is declared
     */
    static Kind of(String type) {
      return switch (type) {
        case Quantities.DURATION_TYPE -> DURATION;
        case References.TARGETS_TYPE -> TARGETS;
        case References.RECEIVERS_TYPE -> RECEIVERS;
        default -> PLAIN;
      };
    }
  }

  /**
   * A block inside a block.
   *
   * @param list name of the list that repeated blocks become; "" = it stands once
   * @param one a single one stays a block
   * @param labelled it has a label, which becomes a part of its name
   */
  record Child(BlockSpec spec, String list, boolean one, boolean labelled) {}

  final Map<String, Kind> arguments = new LinkedHashMap<>();
  final Map<String, Child> blocks = new LinkedHashMap<>();

  /** Left out with a comment that says why. */
  final Map<String, String> leftOut = new LinkedHashMap<>();

  /** Errors, with what to do. */
  final Map<String, String> refused = new LinkedHashMap<>();

  /** How names of such blocks may have been meant, by what their names begin with. */
  final Map<String, Declared.Spelling> spellings = new LinkedHashMap<>();

  /**
   * The block that a declared one is in Alloy: arguments have the same names, a list of blocks is a
   * block that is repeated, and in a block of nothing but blocks each has the name of both.
   *
   * @param leftOut paths of what only Alloy has, to why it is left out
   * @param path of this block within its component; "" = the component
   */
  static BlockSpec of(Declared declared, Map<String, String> leftOut, String path) {
    BlockSpec spec = new BlockSpec();
    declared
        .arguments()
        .forEach((name, argument) -> spec.arguments.put(name, Kind.of(argument.type())));
    declared.blocks().forEach((name, block) -> spec.child(block, leftOut, path));
    leftOut.forEach(
        (left, why) -> {
          if (left.startsWith(path) && left.indexOf('.', path.length()) < 0) {
            spec.leaveOut(left.substring(path.length()), why);
          }
        });
    return spec;
  }

  private void child(Declared.Block block, Map<String, String> leftOut, String path) {
    String name = block.one().isEmpty() ? block.name() : block.one();
    boolean alone = block.one().isEmpty() || arguments.containsKey(name);
    arguments.remove(block.name());
    arguments.remove(name);
    BlockSpec content = of(block.content(), leftOut, path + name + ".");
    if (content.arguments.isEmpty() && !content.blocks.isEmpty()) {
      content.blocks.forEach((inner, child) -> blocks.put(name + "." + inner, child));
      spellings.put(name + ".", block.content().spelling());
    } else {
      blocks.put(
          name,
          new Child(content, block.one().isEmpty() ? "" : block.name(), alone, block.named()));
    }
  }

  BlockSpec plain(String... names) {
    for (String name : names) {
      arguments.put(name, Kind.PLAIN);
    }
    return this;
  }

  BlockSpec block(String name, BlockSpec spec) {
    blocks.put(name, new Child(spec, "", true, false));
    return this;
  }

  BlockSpec leaveOut(String name, String why) {
    leftOut.put(name, why);
    return this;
  }

  BlockSpec refuse(String name, String what) {
    refused.put(name, what);
    return this;
  }
}
