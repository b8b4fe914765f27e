package dev.stoker.jfr;

/**
 * Names that are equal in every run of a program. The JVM numbers lambdas, proxies and generated
 * accessors as it meets them; left in, each restart would open new stacks for the same code.
 */
public final class FrameNames {
  private static final String[] NUMBERED = {
    "$$Lambda", "$Proxy", "GeneratedMethodAccessor", "GeneratedConstructorAccessor"
  };

  private FrameNames() {}

  /**
   * @param type internal name, with slashes; JFR writes those of hidden classes with dots
   */
  public static String of(String type, String method) {
    return ofType(type) + "." + method;
  }

  /** The same of a class alone. */
  public static String ofType(String type) {
    return stable(type).replace('.', '/');
  }

  private static String stable(String type) {
    String name = withoutAddress(type);
    for (String numbered : NUMBERED) {
      int at = name.indexOf(numbered);
      if (at >= 0) {
        return name.substring(0, at + numbered.length());
      }
    }
    return name;
  }

  /**
   * Hidden classes end in their address: <code>+0x…</code>, <code>/0x…</code> or <code>.0x…</code>.
   */
  private static String withoutAddress(String type) {
    int at = type.indexOf("0x");
    return at > 0 && "+/.".indexOf(type.charAt(at - 1)) >= 0 ? type.substring(0, at - 1) : type;
  }
}
