package dev.stoker.alloy;

import dev.stoker.alloy.syntax.AlloyError;
import dev.stoker.alloy.syntax.Statement;
import dev.stoker.alloy.syntax.Statement.Block;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Custom components that the profiling part is made of: each use of a <code>declare</code> block
 * becomes the blocks that it stands for, under labels of their own. Those that have nothing to do
 * with profiles stay as they are, to be left out.
 */
final class CustomComponents {
  /**
   * Bodies in which custom components are written out.
   *
   * @param declared labels of <code>declare</code> blocks that are
   * @param profiling labels of <code>declare</code> blocks, at any depth, that hold a component of
   *     profiles
   */
  record Expanded(List<Statement.Body> bodies, Set<String> declared, Set<String> profiling) {}

  static Expanded expand(List<Statement.Body> bodies) throws AlloyError {
    Map<String, Block> declares = new LinkedHashMap<>();
    declare(statements(bodies), declares);
    List<Block> everywhere = new ArrayList<>();
    collectDeclares(statements(bodies), everywhere);
    Set<String> profiling = profiling(everywhere);
    Set<String> wanted = new HashSet<>();
    declares.forEach(
        (label, block) -> {
          if (NeededBlocks.holdsProfiling(block, profiling)) {
            wanted.add(label);
          }
        });
    List<Statement.Body> expanded = bodies;
    boolean more = !declares.isEmpty();
    for (int rounds = 0; more && rounds < ScopeCollector.MAX_DEPTH; rounds++) {
      expanded = new CustomExpansion(wanted).all(bodies, declares);
      more = addNeeded(expanded, declares, wanted);
    }
    return new Expanded(expanded, wanted, profiling);
  }

  static List<Statement> statements(List<Statement.Body> bodies) {
    return bodies.stream().flatMap(body -> body.statements().stream()).toList();
  }

  /** Adds the <code>declare</code> blocks among these statements, by label. */
  static void declare(List<Statement> statements, Map<String, Block> declares) {
    for (Statement statement : statements) {
      if (statement instanceof Block block
          && block.name().equals("declare")
          && !block.label().isEmpty()) {
        declares.putIfAbsent(block.label(), block);
      }
    }
  }

  private static void collectDeclares(List<Statement> statements, List<Block> found) {
    for (Statement statement : statements) {
      if (statement instanceof Block block && block.name().equals("declare")) {
        found.add(block);
        collectDeclares(block.body().statements(), found);
      }
    }
  }

  /**
   * The labels of those that hold a component of profiles, or another one of them. By label,
   * whatever the scope: at worst, a block is refused that could be left out.
   */
  private static Set<String> profiling(List<Block> declares) {
    Set<String> found = new HashSet<>();
    boolean more = true;
    while (more) {
      more = false;
      for (Block each : declares) {
        if (!found.contains(each.label()) && NeededBlocks.holdsProfiling(each, found)) {
          more |= found.add(each.label());
        }
      }
    }
    return found;
  }

  /** The profiling part uses the exports of these. */
  private static boolean addNeeded(
      List<Statement.Body> bodies, Map<String, Block> declares, Set<String> wanted) {
    List<Statement> statements = statements(bodies);
    NeededBlocks needs = new NeededBlocks(statements);
    boolean more = false;
    for (Statement each : statements) {
      Block declare = declares.get(each.name());
      if (each instanceof Block use
          && declare != null
          && !wanted.contains(use.name())
          && exports(declare)
          && needs.isNeeded(use)) {
        more |= wanted.add(use.name());
      }
    }
    return more;
  }

  private static boolean exports(Block declare) {
    return declare.body().statements().stream()
        .anyMatch(each -> each instanceof Block && each.name().equals("export"));
  }

  private CustomComponents() {}
}
