package dev.stoker.alloy.eval;

import dev.stoker.alloy.syntax.AlloyError;
import dev.stoker.alloy.syntax.Value;
import dev.stoker.alloy.syntax.Value.Bool;
import dev.stoker.alloy.syntax.Value.Num;
import dev.stoker.alloy.syntax.Value.Text;
import java.util.List;

/** Alloy's binary operators on known values. */
final class Operators {
  static Value apply(Value left, String sign, Value right, int line) throws AlloyError {
    if (sign.equals("+") && left instanceof Text some && right instanceof Text more) {
      return Texts.join(List.of(some, more), line);
    }
    if (left instanceof Num some && right instanceof Num more) {
      return numbers(some, sign, more, line);
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
    return left.equals(right);
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
