package dev.stoker.alloy.eval;

import dev.stoker.alloy.syntax.AlloyError;
import dev.stoker.alloy.syntax.Value;
import dev.stoker.alloy.syntax.Value.Bool;
import dev.stoker.alloy.syntax.Value.Entries;
import dev.stoker.alloy.syntax.Value.Items;
import dev.stoker.alloy.syntax.Value.Num;
import dev.stoker.alloy.syntax.Value.Text;
import java.util.List;
import java.util.Set;

/** Alloy's binary operators on known values. */
final class Operators {
  private static final Set<String> ORDERS = Set.of("<", "<=", ">", ">=");

  static Value apply(Value left, String sign, Value right, int line) throws AlloyError {
    if (sign.equals("+") && left instanceof Text some && right instanceof Text more) {
      return Texts.join(List.of(some, more), line);
    }
    if (left instanceof Num some && right instanceof Num more) {
      return numbers(some, sign, more, line);
    }
    if (left instanceof Text && right instanceof Text && ORDERS.contains(sign)) {
      String some = Texts.plain(left, "what is compared", line);
      return new Bool(inOrder(some.compareTo(Texts.plain(right, "what is compared", line)), sign));
    }
    if (left instanceof Bool some && right instanceof Bool more) {
      switch (sign) {
        case "&&":
          return new Bool(some.value() && more.value());
        case "||":
          return new Bool(some.value() || more.value());
        default:
      }
    }
    if (sign.equals("==") || sign.equals("!=")) {
      return new Bool(same(left, right, line) == sign.equals("=="));
    }
    throw new AlloyError(
        line,
        "the operator "
            + sign
            + " does not take "
            + left.describe()
            + " and "
            + right.describe()
            + "; write the result");
  }

  private static boolean same(Value left, Value right, int line) throws AlloyError {
    if (left instanceof Text || right instanceof Text) {
      boolean both = left instanceof Text && right instanceof Text;
      return both
          && Texts.plain(left, "what is compared", line)
              .equals(Texts.plain(right, "what is compared", line));
    }
    return same(left, right);
  }

  /** The same value, whatever comments and lines it has. */
  static boolean same(Value left, Value right) {
    if (left instanceof Num some && right instanceof Num more) {
      return some.number() == more.number();
    }
    if (left instanceof Items some && right instanceof Items more) {
      boolean same = some.items().size() == more.items().size();
      for (int i = 0; same && i < some.items().size(); i++) {
        same = same(some.items().get(i).value(), more.items().get(i).value());
      }
      return same;
    }
    if (left instanceof Entries some && right instanceof Entries more) {
      return some.entries().size() == more.entries().size()
          && some.entries().stream()
              .allMatch(
                  entry -> {
                    Value other = Lists.value(more, entry.key());
                    return other != null && same(entry.item().value(), other);
                  });
    }
    return left.equals(right);
  }

  private static boolean inOrder(int order, String sign) {
    return switch (sign) {
      case "<" -> order < 0;
      case "<=" -> order <= 0;
      case ">" -> order > 0;
      default -> order >= 0;
    };
  }

  private static Value numbers(Num some, String sign, Num more, int line) throws AlloyError {
    double left = some.number();
    double right = more.number();
    boolean whole = some.whole() && more.whole();
    if ((sign.equals("/") || sign.equals("%")) && right == 0) {
      throw new AlloyError(line, "divides by zero");
    }
    Value result =
        switch (sign) {
          case "+" -> new Num(left + right, whole);
          case "-" -> new Num(left - right, whole);
          case "*" -> new Num(left * right, whole);
          case "/" -> new Num(whole ? (long) left / (long) right : left / right, whole);
          case "%" -> new Num(left % right, whole);
          case "^" -> new Num(Math.pow(left, right), whole && right >= 0);
          case "<" -> new Bool(left < right);
          case "<=" -> new Bool(left <= right);
          case ">" -> new Bool(left > right);
          case ">=" -> new Bool(left >= right);
          case "==" -> new Bool(left == right);
          case "!=" -> new Bool(left != right);
          default -> throw new AlloyError(line, "the operator " + sign + " does not take numbers");
        };
    if (result instanceof Num num && !Double.isFinite(num.number())) {
      throw new AlloyError(line, "makes a number that is too large");
    }
    return result;
  }

  private Operators() {}
}
