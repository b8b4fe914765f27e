package dev.stoker.alloy.eval;

/** How numbers are written: whole ones without a dot. */
public final class Numbers {
  private static final double EXACT = 1L << 53;

  public static String show(double number) {
    return number == Math.rint(number) && Math.abs(number) < EXACT
        ? Long.toString((long) number)
        : Double.toString(number);
  }

  private Numbers() {}
}
