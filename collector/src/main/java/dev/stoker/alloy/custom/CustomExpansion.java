package dev.stoker.alloy.custom;

import dev.stoker.alloy.syntax.AlloyError;
import dev.stoker.alloy.syntax.Comment;
import dev.stoker.alloy.syntax.Expr;
import dev.stoker.alloy.syntax.Statement;
import dev.stoker.alloy.syntax.Statement.Attribute;
import dev.stoker.alloy.syntax.Statement.Block;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Writes the uses of custom components out: each use becomes the blocks that its <code>declare
 * </code> block holds, under labels of their own. Used once.
 */
final class CustomExpansion {
  private final Namespace names;
  private final Profiling profiling;
  private final Set<String> wanted;
  private final Set<Block> held = Collections.newSetFromMap(new IdentityHashMap<>());
  private final ExpansionBudget budget = new ExpansionBudget();
  private final ScopedExpressions expressions = new ScopedExpressions(budget);

  /**
   * @param wanted names of the custom components whose uses are written out
   */
  CustomExpansion(Namespace names, Profiling profiling, Set<String> wanted) {
    this.names = names;
    this.profiling = profiling;
    this.wanted = wanted;
  }

  /** Blocks that are not written out, and hold a component of profiles. */
  Predicate<Block> profiling() {
    return held::contains;
  }

  List<Statement.Body> all(List<Statement.Body> bodies) throws AlloyError {
    CustomScope top = new CustomScope("", null, null, names);
    ScopeCollector collector = new ScopeCollector(wanted, budget);
    for (Statement.Body body : bodies) {
      collector.collect(body.statements(), top);
    }
    List<Statement.Body> expanded = new ArrayList<>();
    for (Statement.Body body : bodies) {
      List<Statement> out = new ArrayList<>();
      for (Statement statement : body.statements()) {
        statement(statement, top, out);
      }
      expanded.add(new Statement.Body(out, body.leftover()));
    }
    return expanded;
  }

  private void statement(Statement statement, CustomScope scope, List<Statement> out)
      throws AlloyError {
    CustomScope inner = statement instanceof Block use ? scope.uses.get(use.id()) : null;
    if (statement instanceof Block use && inner != null) {
      writeOut(use, Objects.requireNonNull(scope.names.find(use.name())).declare(), inner, out);
      return;
    }
    Statement result = statement;
    if (statement instanceof Block block && !block.name().equals("declare") && !names.isEmpty()) {
      String label = scope.labels.getOrDefault(block.id(), block.label());
      result =
          new Block(
              block.name(), label, body(block.body(), scope), block.notes(), block.lastLine());
    }
    if (statement instanceof Block block
        && result instanceof Block written
        && profiling.isIn(block, scope.names)) {
      held.add(written);
    }
    out.add(result);
  }

  private void writeOut(Block use, Block declare, CustomScope inner, List<Statement> out)
      throws AlloyError {
    int from = out.size();
    for (Statement each : declare.body().statements()) {
      if (each instanceof Attribute) {
        throw new AlloyError(
            each.notes().line(), "only blocks stand in a declare; take " + each.name() + " out");
      }
      if (!Set.of("argument", "export", "declare").contains(each.name())
          && !(each instanceof Block block && inner.names.isImport(block))) {
        statement(each, inner, out);
      }
    }
    if (out.size() > from && out.get(from) instanceof Block first) {
      Block commented = commented(first, use.notes());
      if (held.remove(first)) {
        held.add(commented);
      }
      out.set(from, commented);
    }
  }

  /** The comments of a use go to the first block that it stands for. */
  private static Block commented(Block block, Statement.Notes use) {
    List<Comment> leading = new ArrayList<>(use.leading());
    leading.addAll(block.notes().leading());
    Statement.Notes notes =
        new Statement.Notes(
            leading, block.notes().trailing(), block.notes().line(), use.blankBefore());
    return new Block(block.name(), block.label(), block.body(), notes, block.lastLine());
  }

  private Statement.Body body(Statement.Body body, CustomScope scope) throws AlloyError {
    List<Statement> statements = new ArrayList<>();
    for (Statement each : body.statements()) {
      budget.take(1, each.notes().line());
      if (each instanceof Attribute attribute) {
        Expr value = expressions.rewrite(attribute.value(), scope);
        statements.add(new Attribute(attribute.name(), value, attribute.notes()));
      } else if (each instanceof Block block) {
        statements.add(
            new Block(
                block.name(),
                block.label(),
                body(block.body(), scope),
                block.notes(),
                block.lastLine()));
      }
    }
    return new Statement.Body(statements, body.leftover());
  }
}
