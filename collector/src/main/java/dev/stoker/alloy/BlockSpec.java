package dev.stoker.alloy;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What may stand in a block of Alloy, and how it is called here. Immutable once the table is built.
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
    RECEIVERS
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

  BlockSpec plain(String... names) {
    for (String name : names) {
      arguments.put(name, Kind.PLAIN);
    }
    return this;
  }

  BlockSpec durations(String... names) {
    for (String name : names) {
      arguments.put(name, Kind.DURATION);
    }
    return this;
  }

  BlockSpec targets() {
    arguments.put("targets", Kind.TARGETS);
    return this;
  }

  BlockSpec forwardTo() {
    arguments.put("forward_to", Kind.RECEIVERS);
    return this;
  }

  BlockSpec block(String name, BlockSpec spec) {
    blocks.put(name, new Child(spec, "", true, false));
    return this;
  }

  BlockSpec repeated(String name, String list, BlockSpec spec) {
    blocks.put(name, new Child(spec, list, false, false));
    return this;
  }

  BlockSpec oneOrMore(String name, String list, BlockSpec spec) {
    blocks.put(name, new Child(spec, list, true, false));
    return this;
  }

  BlockSpec labelled(String name, BlockSpec spec) {
    blocks.put(name, new Child(spec, "", true, true));
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

  /** All of another one's. */
  BlockSpec and(BlockSpec other) {
    arguments.putAll(other.arguments);
    blocks.putAll(other.blocks);
    leftOut.putAll(other.leftOut);
    refused.putAll(other.refused);
    return this;
  }
}
