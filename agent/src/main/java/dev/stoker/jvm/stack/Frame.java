package dev.stoker.jvm.stack;

import org.jspecify.annotations.Nullable;

/** One frame of a Java stack. Immutable. */
public final class Frame {
  private final String function;
  private final int line;

  /**
   * @param function <code>pkg/Class.method</code>, without what differs between two runs
   * @param line source line; 0 or less = not known: the JVM says −1, and −2 for a native method
   */
  public Frame(String function, int line) {
    this.function = function;
    this.line = Math.max(0, line);
  }

  public String function() {
    return function;
  }

  /** 0 = not known. */
  public int line() {
    return line;
  }

  /** The source file that javac's naming implies: that of the outermost class. */
  public String file() {
    int dot = function.lastIndexOf('.');
    String type = dot < 0 ? function : function.substring(0, dot);
    int nested = type.indexOf('$');
    return (nested < 0 ? type : type.substring(0, nested)) + ".java";
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Frame
        && line == ((Frame) other).line
        && function.equals(((Frame) other).function);
  }

  @Override
  public int hashCode() {
    return function.hashCode() * 31 + line;
  }

  @Override
  public String toString() {
    return function + ":" + line;
  }
}
