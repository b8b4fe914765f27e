package dev.stoker.discovery;

/**
 * How a component is.
 *
 * @param message what is wrong and what to do, or some figures; may be empty
 */
public record NodeHealth(State state, String message) {
  /** As it stands in <code>/api/v1/components</code>. */
  public enum State {
    UNKNOWN,
    HEALTHY,
    UNHEALTHY
  }

  public static NodeHealth healthy(String message) {
    return new NodeHealth(State.HEALTHY, message);
  }

  public static NodeHealth unhealthy(String message) {
    return new NodeHealth(State.UNHEALTHY, message);
  }

  static final NodeHealth STARTING = new NodeHealth(State.UNKNOWN, "waiting for the first result");
}
