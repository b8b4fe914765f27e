package dev.stoker.jfr;

/**
 * One frame of a Java stack.
 *
 * @param function <code>pkg/Class.method</code>, without what differs between two runs
 * @param line source line; 0 = not known
 */
public record Frame(String function, int line) {

  /** The source file that javac's naming implies: that of the outermost class. */
  public String file() {
    int dot = function.lastIndexOf('.');
    String type = dot < 0 ? function : function.substring(0, dot);
    int nested = type.indexOf('$');
    return (nested < 0 ? type : type.substring(0, nested)) + ".java";
  }
}
