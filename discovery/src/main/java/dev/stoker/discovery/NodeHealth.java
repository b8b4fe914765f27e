package dev.stoker.discovery;

/**
 * How a component that exports targets is.
 *
 * @param message what is wrong, or what it found; for people
 */
public record NodeHealth(State state, String message) {
  /** As it stands in <code>/api/v1/components</code>. */
  public enum State {
    UNKNOWN,
    HEALTHY,
    UNHEALTHY
  }

  static final NodeHealth STARTING = new NodeHealth(State.UNKNOWN, "waiting for the first result");
}
