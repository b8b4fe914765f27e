package dev.stoker.alloy.custom;

import dev.stoker.alloy.syntax.AlloyError;
import dev.stoker.alloy.syntax.Statement;
import dev.stoker.alloy.syntax.Statement.Block;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Custom components that the profiling part is made of: each use of a <code>declare</code> block
 * becomes the blocks that it stands for, under labels of their own. Those that have nothing to do
 * with profiles stay as they are, to be left out.
 */
public final class CustomComponents {
  /**
   * Bodies in which custom components are written out.
   *
   * @param written names of the custom components that are
   * @param profiling blocks that are not written out, and hold a component of profiles
   * @param known names of kinds of component that are custom ones
   */
  public record Expanded(
      List<Statement.Body> bodies,
      Set<String> written,
      Predicate<Block> profiling,
      Predicate<String> known) {}

  private final Namespace names;
  private final Profiling profiling;
  private final Function<List<Statement>, Predicate<Block>> needs;
  private final Set<String> wanted = new HashSet<>();

  /**
   * @param needs finds, of the statements of a config, the blocks that the profiling part needs
   */
  public CustomComponents(Namespace names, Function<List<Statement>, Predicate<Block>> needs) {
    this.names = names;
    this.needs = needs;
    this.profiling = new Profiling(names);
  }

  /** Used once. */
  public Expanded expand(List<Statement.Body> bodies) throws AlloyError {
    names.declares().keySet().forEach(this::want);
    statements(bodies).forEach(each -> want(each.name()));
    CustomExpansion expansion = new CustomExpansion(names, profiling, wanted);
    List<Statement.Body> expanded = expansion.all(bodies);
    boolean more = !names.isEmpty() && addNeeded(expanded);
    for (int rounds = 1; more && rounds < ScopeCollector.MAX_DEPTH; rounds++) {
      expansion = new CustomExpansion(names, profiling, wanted);
      expanded = expansion.all(bodies);
      more = addNeeded(expanded);
    }
    return new Expanded(expanded, wanted, expansion.profiling(), name -> names.find(name) != null);
  }

  private void want(String name) {
    Namespace.Found found = names.find(name);
    if (found != null && profiling.is(found)) {
      wanted.add(name);
    }
  }

  private static List<Statement> statements(List<Statement.Body> bodies) {
    return bodies.stream().flatMap(body -> body.statements().stream()).toList();
  }

  /** The profiling part uses the exports of these. */
  private boolean addNeeded(List<Statement.Body> bodies) {
    List<Statement> statements = statements(bodies);
    Predicate<Block> needed = needs.apply(statements);
    boolean more = false;
    for (Statement each : statements) {
      Namespace.Found found = names.find(each.name());
      if (each instanceof Block use
          && found != null
          && !wanted.contains(use.name())
          && exports(found.declare())
          && needed.test(use)) {
        more |= wanted.add(use.name());
      }
    }
    return more;
  }

  private static boolean exports(Block declare) {
    return declare.body().statements().stream()
        .anyMatch(each -> each instanceof Block && each.name().equals("export"));
  }
}
