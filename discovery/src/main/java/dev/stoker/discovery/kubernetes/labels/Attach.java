package dev.stoker.discovery.kubernetes.labels;

/** Labels of the node or namespace that an object belongs to. */
public record Attach(boolean node, boolean namespace) {
  public static final Attach NOTHING = new Attach(false, false);
}
