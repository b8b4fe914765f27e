package dev.stoker.alloy;

import dev.stoker.alloy.syntax.AlloyError;
import dev.stoker.alloy.syntax.Expr;
import dev.stoker.alloy.syntax.Statement;
import dev.stoker.alloy.syntax.Statement.Block;
import dev.stoker.alloy.syntax.Value;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * Collects what names mean: in the texts, and in each use of a custom component. Names come first,
 * because what is written above may refer to what is written below.
 */
final class ScopeCollector {
  /** A custom component within a custom component within … */
  static final int MAX_DEPTH = 16;

  private final Set<String> wanted;
  private final ExpansionBudget budget;
  private int depth;

  /**
   * @param wanted labels of the <code>declare</code> blocks whose uses are written out
   */
  ScopeCollector(Set<String> wanted, ExpansionBudget budget) {
    this.wanted = wanted;
    this.budget = budget;
  }

  /** Adds what these statements name to their scope. */
  void collect(List<Statement> statements, CustomScope scope) throws AlloyError {
    for (Statement statement : statements) {
      if (!(statement instanceof Block block)) {
        continue;
      }
      if (isUse(block, scope)) {
        scope.uses.put(block.id(), use(block, scope));
      } else if (scope.outer != null && block.name().equals("argument")) {
        scope.arguments.put(block.label(), block);
      } else if (scope.outer != null && block.name().equals("export")) {
        Expr value = CustomScope.attribute(block, "value");
        if (value != null) {
          scope.exports.put(block.label(), value);
        }
      } else if (scope.outer != null && !block.label().isEmpty()) {
        scope.labels.put(block.id(), scope.prefix + block.label());
      }
    }
  }

  private boolean isUse(Block block, CustomScope scope) {
    boolean known = scope.declare(block.name()) != null;
    return known && (scope.outer != null || wanted.contains(block.name()));
  }

  private CustomScope use(Block use, CustomScope scope) throws AlloyError {
    if (use.label().isEmpty()) {
      throw new AlloyError(
          use.line(), use.name() + " has no label; write " + use.name() + " \"LABEL\" { … }");
    }
    if (++depth > MAX_DEPTH) {
      throw new AlloyError(
          use.line(), use.id() + " is a custom component that holds itself, or too many others");
    }
    Block declare = Objects.requireNonNull(scope.declare(use.name()));
    budget.take(declare.body().statements().size(), use.line());
    String prefix = scope.prefix + use.name() + "_" + use.label() + "_";
    CustomScope inner = new CustomScope(prefix, use, scope);
    CustomComponents.declare(declare.body().statements(), inner.declares);
    collect(declare.body().statements(), inner);
    depth--;
    checkArguments(use, inner);
    return inner;
  }

  private static void checkArguments(Block use, CustomScope inner) throws AlloyError {
    for (Statement given : use.body().statements()) {
      if (!inner.arguments.containsKey(given.name()) || given instanceof Block) {
        throw new AlloyError(
            given.notes().line(),
            use.id()
                + " has no argument "
                + given.name()
                + "; it has: "
                + String.join(", ", inner.arguments.keySet()));
      }
    }
    for (Block argument : inner.arguments.values()) {
      if (CustomScope.attribute(use, argument.label()) == null
          && !isOptional(argument)
          && CustomScope.attribute(argument, "default") == null) {
        throw new AlloyError(
            use.line(), use.id() + " lacks the argument " + argument.label() + "; write it");
      }
    }
  }

  private static boolean isOptional(Block argument) {
    return CustomScope.attribute(argument, "optional") instanceof Expr.Literal literal
        && literal.value().equals(new Value.Bool(true));
  }
}
