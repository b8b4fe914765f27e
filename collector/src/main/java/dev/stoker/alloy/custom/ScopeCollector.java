package dev.stoker.alloy.custom;

import dev.stoker.alloy.syntax.AlloyError;
import dev.stoker.alloy.syntax.Expr;
import dev.stoker.alloy.syntax.Statement;
import dev.stoker.alloy.syntax.Statement.Block;
import dev.stoker.alloy.syntax.Value;
import java.util.List;
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
   * @param wanted names of the custom components whose uses are written out
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
      Namespace.Found custom = scope.names.find(block.name());
      if (custom != null && (scope.outer != null || wanted.contains(block.name()))) {
        scope.uses.put(block.id(), use(block, custom, scope));
      } else if (custom == null && scope.names.isImported(block.name())) {
        throw unknown(block, scope.names);
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

  /** An import hides whatever else begins with its label, as in Alloy. */
  private static AlloyError unknown(Block block, Namespace names) {
    Set<String> kinds = names.module(block.name());
    return AlloyError.ofName(
        block.line(),
        "the module that is imported here has no "
            + block.name()
            + "; "
            + (kinds.isEmpty() ? "it declares nothing" : "it has: " + String.join(", ", kinds)));
  }

  private CustomScope use(Block use, Namespace.Found custom, CustomScope scope) throws AlloyError {
    if (use.label().isEmpty()) {
      throw new AlloyError(
          use.line(), use.name() + " has no label; write " + use.name() + " \"LABEL\" { … }");
    }
    if (++depth > MAX_DEPTH) {
      throw new AlloyError(
          use.line(), use.id() + " is a custom component that holds itself, or too many others");
    }
    Block declare = custom.declare();
    budget.take(declare.body().statements().size(), use.line());
    String prefix = scope.prefix + use.name().replace('.', '_') + "_" + use.label() + "_";
    CustomScope inner = new CustomScope(prefix, use, scope, custom.body());
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
