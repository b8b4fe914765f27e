package dev.stoker.concurrent;

/**
 * Clock and timers of the control context. Callbacks run on that context, never inside {@link
 * #after}. Tests use a manual implementation, so no test waits by the clock.
 */
public interface Timers {
  /** Wall clock, Unix milliseconds: for phases, timestamps and ages. */
  long wallMillis();

  /** Monotonic nanoseconds: for durations and deadlines. */
  long nanoTime();

  /**
   * @param delayMillis 0 or less = as soon as the context is free
   * @return cancels the timer; harmless when it has fired
   */
  Cancellable after(long delayMillis, Runnable action);

  /** The context on which the callbacks run. */
  ControlContext control();

  /** A started timer. */
  interface Cancellable {
    void cancel();
  }
}
