package dev.stoker.schema;

/**
 * A thing that a component offers to others.
 *
 * @param name such as <code>receiver</code>, <code>targets</code>, <code>output</code>
 */
public record Export(String name, Type type) {
  /** The type of the export. An argument takes one type only. */
  public enum Type {
    /** Takes profiles. */
    RECEIVER,
    /** A list of targets. */
    TARGETS
  }
}
