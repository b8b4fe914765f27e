package dev.stoker.jvm.stack;

/**
 * Names that are equal in every run of a program. The JVM numbers lambdas, proxies and generated
 * accessors as it meets them; left in, each restart would open new stacks for the same code.
 */
public final class FrameNames {
  private static final String LAMBDA = "$$Lambda";

  /** Beginnings of simple names that the JVM ends with a number. */
  private static final String[] NUMBERED = {
    "$Proxy",
    "GeneratedMethodAccessor",
    "GeneratedConstructorAccessor",
    "GeneratedSerializationConstructorAccessor"
  };

  private FrameNames() {}

  /**
   * @param type internal name, with slashes; JFR writes those of hidden classes with dots
   */
  public static String of(String type, String method) {
    return ofType(type) + "." + method;
  }

  /** The stable name of a class alone. */
  public static String ofType(String type) {
    return stable(type).replace('.', '/');
  }

  private static String stable(String type) {
    String name = withoutAddress(type);
    int lambda = name.indexOf(LAMBDA);
    if (lambda >= 0 && isLambdaNumber(name, lambda + LAMBDA.length())) {
      return name.substring(0, lambda + LAMBDA.length());
    }
    int simple = Math.max(name.lastIndexOf('/'), name.lastIndexOf('.')) + 1;
    for (String numbered : NUMBERED) {
      int number = simple + numbered.length();
      if (name.startsWith(numbered, simple) && number < name.length() && isNumber(name, number)) {
        return name.substring(0, number);
      }
    }
    return name;
  }

  /** Nothing, or <code>$12</code>, or the hash that a native image has there. */
  private static boolean isLambdaNumber(String name, int from) {
    if (from == name.length()) {
      return true;
    }
    boolean hex = name.charAt(from) == '$' && from + 1 < name.length();
    for (int i = from + 1; i < name.length(); i++) {
      hex &= isHex(name.charAt(i));
    }
    return hex;
  }

  /**
   * Hidden classes end in their address, which a number may follow: <code>+0x…</code>, <code>/0x…
   * </code>, <code>.0x…</code>, <code>+0x…/123</code>, and <code>/123</code> alone. No identifier
   * begins with a digit, so none of a program's own names ends so.
   */
  private static String withoutAddress(String type) {
    int end = type.length();
    int start = addressStart(type, end);
    while (start > 0) {
      end = start;
      start = addressStart(type, end);
    }
    return type.substring(0, end);
  }

  /**
   * Index at which an address or a number that ends there begins, its separator included; -1 =
   * there is none.
   */
  private static int addressStart(String type, int end) {
    int from = end;
    while (from > 0 && (isHex(type.charAt(from - 1)) || type.charAt(from - 1) == 'x')) {
      from--;
    }
    if (from < 2 || from == end || "+/.".indexOf(type.charAt(from - 1)) < 0) {
      return -1;
    }
    String text = type.substring(from, end);
    boolean address = text.startsWith("0x") && text.length() > 2 && text.indexOf('x', 2) < 0;
    return address || isNumber(text, 0) ? from - 1 : -1;
  }

  private static boolean isNumber(String text, int from) {
    for (int i = from; i < text.length(); i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return false;
      }
    }
    return true;
  }

  private static boolean isHex(char c) {
    return c >= '0' && c <= '9' || c >= 'a' && c <= 'f';
  }
}
