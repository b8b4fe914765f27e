package dev.stoker.alloy.eval;

import java.math.BigDecimal;

/** How numbers are written: whole ones without a dot. */
public final class Numbers {
  private static final double EXACT = 1L << 53;

  public static String show(double number) {
    return number == Math.rint(number) && Math.abs(number) < EXACT
        ? Long.toString((long) number)
        : Double.toString(number);
  }

  /** As C's and Go's %g: with an exponent when it is less than -4 or more than 5. */
  static String general(BigDecimal number) {
    BigDecimal stripped = number.stripTrailingZeros();
    int exponent = stripped.precision() - stripped.scale() - 1;
    if (stripped.signum() == 0 || exponent >= -4 && exponent < 6) {
      return stripped.toPlainString();
    }
    String digits = stripped.unscaledValue().abs().toString();
    return (stripped.signum() < 0 ? "-" : "")
        + digits.charAt(0)
        + (digits.length() > 1 ? "." + digits.substring(1) : "")
        + (exponent < 0 ? "e-" : "e+")
        + (Math.abs(exponent) < 10 ? "0" : "")
        + Math.abs(exponent);
  }

  private Numbers() {}
}
