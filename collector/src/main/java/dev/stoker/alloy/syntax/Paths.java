package dev.stoker.alloy.syntax;

import dev.stoker.alloy.syntax.Statement.Attribute;
import dev.stoker.alloy.syntax.Statement.Block;
import java.util.List;
import java.util.function.Consumer;

/**
 * Names with dots in the expressions of a block: <code>discovery.kubernetes.pods.targets</code>.
 * The parser bounds how deep the expressions are.
 */
public final class Paths {
  private final Consumer<String> found;

  private Paths(Consumer<String> found) {
    this.found = found;
  }

  /** Finds everything that a block and the blocks in it refer to. */
  public static void of(Block block, Consumer<String> found) {
    new Paths(found).body(block.body().statements());
  }

  /** Finds everything that an expression refers to. */
  public static void of(Expr expr, Consumer<String> found) {
    new Paths(found).expression(expr);
  }

  private void body(List<Statement> statements) {
    for (Statement each : statements) {
      if (each instanceof Attribute attribute) {
        expression(attribute.value());
      } else if (each instanceof Block block) {
        body(block.body().statements());
      }
    }
  }

  private void expression(Expr expr) {
    if (expr instanceof Expr.ListOf list) {
      list.elements().forEach(element -> expression(element.value()));
    } else if (expr instanceof Expr.ObjectOf object) {
      object.fields().forEach(field -> expression(field.value().value()));
    } else if (expr instanceof Expr.Unary unary) {
      expression(unary.operand());
    } else if (expr instanceof Expr.Operations operations) {
      expression(operations.first());
      operations.rest().forEach(operation -> expression(operation.operand()));
    } else if (expr instanceof Expr.Name name) {
      found.accept(name.name());
    } else if (expr instanceof Expr.Chain chain) {
      chain(chain);
    }
  }

  private void chain(Expr.Chain chain) {
    String path = path(chain);
    if (path.isEmpty()) {
      expression(chain.base());
    } else {
      found.accept(path);
    }
    for (Expr.Step step : chain.steps()) {
      if (step instanceof Expr.Step.Index index) {
        expression(index.at());
      } else if (step instanceof Expr.Step.Call call) {
        call.arguments().forEach(this::expression);
      }
    }
  }

  /**
   * The name that a chain begins with, up to a call or an index that is no plain key; "" = none.
   */
  private static String path(Expr.Chain chain) {
    if (!(chain.base() instanceof Expr.Name name)) {
      return "";
    }
    StringBuilder path = new StringBuilder(name.name());
    for (Expr.Step step : chain.steps()) {
      String key = key(step);
      if (key.isEmpty()) {
        break;
      }
      path.append('.').append(key);
    }
    return path.toString();
  }

  /** <code>.key</code> and <code>["key"]</code> are the same; "" = something else. */
  public static String key(Expr.Step step) {
    if (step instanceof Expr.Step.Access access) {
      return access.name();
    }
    return step instanceof Expr.Step.Index index
            && index.at() instanceof Expr.Literal literal
            && literal.value() instanceof Value.Text text
            && text.isPlain()
        ? text.plain()
        : "";
  }
}
