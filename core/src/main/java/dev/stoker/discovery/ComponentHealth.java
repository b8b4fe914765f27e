package dev.stoker.discovery;

/**
 * How a component is.
 *
 * @param message what is wrong and what to do, or some figures; may be empty
 */
public record ComponentHealth(State state, String message) {
  /** As it stands in <code>/api/v1/components</code>. */
  public enum State {
    UNKNOWN,
    HEALTHY,
    UNHEALTHY
  }

  public static ComponentHealth healthy(String message) {
    return new ComponentHealth(State.HEALTHY, message);
  }

  public static ComponentHealth unhealthy(String message) {
    return new ComponentHealth(State.UNHEALTHY, message);
  }

  static final ComponentHealth STARTING =
      new ComponentHealth(State.UNKNOWN, "waiting for the first result");
}
