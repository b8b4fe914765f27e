package dev.stoker.alloy;

import dev.stoker.alloy.syntax.Paths;
import dev.stoker.alloy.syntax.Statement;
import dev.stoker.alloy.syntax.Statement.Block;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which blocks of a config the profiling part needs: those that Stoker runs whether others need
 * them or not, what these refer to, what that refers to, and so on.
 */
final class NeededBlocks {
  private final Map<String, Block> byId = new HashMap<>();
  private final Set<String> needed = new HashSet<>();
  private final List<Block> blocks = new ArrayList<>();

  /**
   * @param statements of all texts
   */
  NeededBlocks(List<Statement> statements) {
    for (Statement statement : statements) {
      if (statement instanceof Block block) {
        blocks.add(block);
        byId.putIfAbsent(block.id(), block);
      }
    }
    Deque<Block> open = new ArrayDeque<>();
    for (Block block : blocks) {
      // Of logging, what it refers to is not translated.
      if (KnownBlocks.isRoot(block.name()) && !block.name().equals("logging")) {
        open.add(block);
      }
    }
    while (!open.isEmpty()) {
      for (String id : references(open.remove())) {
        Block other = byId.get(id);
        if (other != null && needed.add(id)) {
          open.add(other);
        }
      }
    }
  }

  /** Something that Stoker runs refers to it. */
  boolean isNeeded(Block block) {
    return needed.contains(block.id());
  }

  /** The block whose export a name is; null = no block of this config. */
  @Nullable Block owner(String path) {
    for (int end = path.length(); end > 0; end = path.lastIndexOf('.', end - 1)) {
      Block block = byId.get(path.substring(0, end));
      if (block != null) {
        return block;
      }
    }
    return null;
  }

  /** Ids of the blocks that a block refers to, sorted. */
  Set<String> references(Block block) {
    Set<String> ids = new TreeSet<>();
    Paths.of(
        block,
        path -> {
          Block owner = owner(path);
          if (owner != null && owner != block) {
            ids.add(owner.id());
          }
        });
    return ids;
  }

  /** Whether everything that a block refers to, directly or not, has a counterpart here. */
  boolean isTranslatable(Block block) {
    Set<Block> seen = new HashSet<>();
    Deque<Block> open = new ArrayDeque<>(List.of(block));
    while (!open.isEmpty()) {
      Block next = open.remove();
      if (!KnownBlocks.hasCounterpart(next.name())) {
        return false;
      }
      if (seen.add(next)) {
        references(next).forEach(id -> open.add(Objects.requireNonNull(byId.get(id))));
      }
    }
    return true;
  }

  /** Profiles go, or went, from it to a component of Stoker. */
  boolean sendsProfiles(Block block) {
    return references(block).stream().anyMatch(id -> id.startsWith("pyroscope."));
  }

  /** A component of this kind, a custom one, is used somewhere. */
  boolean isUsed(String kind) {
    return blocks.stream().anyMatch(block -> uses(block, kind));
  }

  private static boolean uses(Block block, String kind) {
    return block.name().equals(kind) || block.name().startsWith(kind + ".") || inside(block, kind);
  }

  private static boolean inside(Block block, String kind) {
    return block.body().statements().stream()
        .anyMatch(each -> each instanceof Block inner && uses(inner, kind));
  }
}
