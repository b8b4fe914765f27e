package dev.stoker.schema;

/**
 * What a component offers to others.
 *
 * @param name such as <code>receiver</code>, <code>targets</code>, <code>output</code>
 */
public record Export(String name, Type type) {
  /** What the thing is; an argument takes one type only. */
  public enum Type {
    /** Takes profiles. */
    RECEIVER,
    /** A list of targets. */
    TARGETS
  }
}
