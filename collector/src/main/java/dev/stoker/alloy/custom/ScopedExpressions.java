package dev.stoker.alloy.custom;

import dev.stoker.alloy.syntax.AlloyError;
import dev.stoker.alloy.syntax.Expr;
import dev.stoker.alloy.syntax.Parser;
import dev.stoker.alloy.syntax.Paths;
import dev.stoker.alloy.syntax.Statement.Block;
import dev.stoker.alloy.syntax.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Rewrites the expressions of a custom component that is written out: labels get their new names,
 * and arguments and exports become the expressions that they stand for.
 */
final class ScopedExpressions {
  /**
   * An expression may be nested this deep. Arguments within arguments make it deeper than it is
   * written.
   */
  private static final int MAX_NESTED = 4 * Parser.MAX_DEPTH;

  private static final int MAX_REFERENCES = 2 * ScopeCollector.MAX_DEPTH;

  private final ExpansionBudget budget;
  private int nested;
  private int references;

  ScopedExpressions(ExpansionBudget budget) {
    this.budget = budget;
  }

  /** The same expression without the names of its scope. */
  Expr rewrite(Expr expr, CustomScope scope) throws AlloyError {
    budget.take(1, expr.line());
    if (++nested > MAX_NESTED) {
      throw new AlloyError(expr.line(), "is nested too deep, with all of its arguments");
    }
    Expr result = rewritten(expr, scope);
    nested--;
    return result;
  }

  private Expr rewritten(Expr expr, CustomScope scope) throws AlloyError {
    if (expr instanceof Expr.ListOf list) {
      List<Expr.Element> elements = new ArrayList<>();
      for (Expr.Element each : list.elements()) {
        elements.add(new Expr.Element(rewrite(each.value(), scope), each.comments()));
      }
      return new Expr.ListOf(elements, list.leftover(), list.line());
    }
    if (expr instanceof Expr.ObjectOf object) {
      List<Expr.Field> fields = new ArrayList<>();
      for (Expr.Field each : object.fields()) {
        Expr value = rewrite(each.value().value(), scope);
        fields.add(
            new Expr.Field(
                each.name(), new Expr.Element(value, each.value().comments()), each.line()));
      }
      return new Expr.ObjectOf(fields, object.leftover(), object.line());
    }
    if (expr instanceof Expr.Unary unary) {
      return new Expr.Unary(unary.sign(), rewrite(unary.operand(), scope), unary.line());
    }
    if (expr instanceof Expr.Operations operations) {
      List<Expr.Operation> rest = new ArrayList<>();
      for (Expr.Operation each : operations.rest()) {
        rest.add(new Expr.Operation(each.sign(), rewrite(each.operand(), scope)));
      }
      return new Expr.Operations(rewrite(operations.first(), scope), rest, operations.line());
    }
    if (expr instanceof Expr.Name name && name.name().equals("module_path")) {
      return new Expr.Literal(Value.Text.of(scope.names.modulePath()), expr.line());
    }
    return expr instanceof Expr.Chain chain ? chain(chain, scope) : expr;
  }

  private Expr chain(Expr.Chain chain, CustomScope scope) throws AlloyError {
    List<Expr.Step> steps = new ArrayList<>();
    for (Expr.Step step : chain.steps()) {
      steps.add(step(step, scope));
    }
    if (!(chain.base() instanceof Expr.Name name)) {
      return new Expr.Chain(rewrite(chain.base(), scope), steps, chain.line());
    }
    List<String> names = names(name, chain);
    Standing stands = standsFor(names, scope, chain.line());
    if (stands != null) {
      return with(stands.expr(), steps.subList(stands.steps(), steps.size()), chain.line());
    }
    for (int i = 2; i <= names.size(); i++) {
      String label = scope.labels.get(String.join(".", names.subList(0, i)));
      if (label != null) {
        steps.set(i - 2, new Expr.Step.Access(label));
        break;
      }
    }
    return new Expr.Chain(name, steps, chain.line());
  }

  private Expr.Step step(Expr.Step step, CustomScope scope) throws AlloyError {
    if (step instanceof Expr.Step.Index index) {
      return new Expr.Step.Index(rewrite(index.at(), scope));
    }
    if (step instanceof Expr.Step.Call call) {
      List<Expr> arguments = new ArrayList<>();
      for (Expr each : call.arguments()) {
        arguments.add(rewrite(each, scope));
      }
      return new Expr.Step.Call(arguments);
    }
    return step;
  }

  private static List<String> names(Expr.Name name, Expr.Chain chain) {
    List<String> names = new ArrayList<>(List.of(name.name()));
    for (Expr.Step step : chain.steps()) {
      String key = Paths.key(step);
      if (key.isEmpty()) {
        break;
      }
      names.add(key);
    }
    return names;
  }

  /**
   * @param steps of the chain that it stands for
   */
  private record Standing(Expr expr, int steps) {}

  /**
   * An argument of the custom component that is written out, or an export of one that is used here.
   */
  private @Nullable Standing standsFor(List<String> names, CustomScope scope, int line)
      throws AlloyError {
    if (names.size() < 3) {
      return null;
    }
    Block use = scope.use;
    CustomScope outer = scope.outer;
    if (use != null && outer != null && names.get(0).equals("argument")) {
      return names.get(2).equals("value")
          ? new Standing(argument(names.get(1), use, scope, line), 2)
          : null;
    }
    for (int i = 2; i < names.size(); i++) {
      CustomScope inner = scope.uses.get(String.join(".", names.subList(0, i)));
      Expr export = inner == null ? null : inner.exports.get(names.get(i));
      if (export != null && inner != null) {
        return new Standing(within(export, inner, line), i);
      }
    }
    return null;
  }

  private Expr argument(String name, Block use, CustomScope scope, int line) throws AlloyError {
    Block argument = scope.arguments.get(name);
    if (argument == null) {
      throw new AlloyError(line, "the declare of " + use.id() + " has no argument " + name);
    }
    Expr given = CustomScope.attribute(use, name);
    if (given != null) {
      return within(given, Objects.requireNonNull(scope.outer), line);
    }
    Expr preset = CustomScope.attribute(argument, "default");
    return preset == null ? new Expr.Literal(new Value.Nothing(), line) : preset;
  }

  /**
   * An argument may be an export, whose value is an argument, and so on, and end where it began.
   */
  private Expr within(Expr expr, CustomScope scope, int line) throws AlloyError {
    if (++references > MAX_REFERENCES) {
      throw new AlloyError(line, "arguments and exports refer to each other without an end");
    }
    Expr result = rewrite(expr, scope);
    references--;
    return result;
  }

  private static Expr with(Expr base, List<Expr.Step> steps, int line) {
    if (steps.isEmpty()) {
      return base;
    }
    if (base instanceof Expr.Chain chain) {
      List<Expr.Step> all = new ArrayList<>(chain.steps());
      all.addAll(steps);
      return new Expr.Chain(chain.base(), all, chain.line());
    }
    return new Expr.Chain(base, List.copyOf(steps), line);
  }
}
