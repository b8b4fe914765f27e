package dev.stoker.write.endpoint;

import dev.stoker.concurrent.Timers;
import io.vertx.core.Future;
import io.vertx.core.Promise;

/** How far an endpoint is on its way from its start to its end. It never goes back. */
final class EndpointLife {
  private enum Phase {
    OPEN,
    /** It takes nothing more, and delivers what is fresh. */
    DRAINING,
    /** It sends nothing more, and the queue writes to the disk what is left. */
    CLOSING,
    CLOSED
  }

  private final Promise<Void> end = Promise.promise();
  private Phase phase = Phase.OPEN;
  private Timers.Cancellable deadline = () -> {};

  /** It takes profiles. */
  boolean isOpen() {
    return phase == Phase.OPEN;
  }

  boolean isDraining() {
    return phase == Phase.DRAINING;
  }

  /** It sends, or sends what is left. */
  boolean sends() {
    return phase == Phase.OPEN || phase == Phase.DRAINING;
  }

  boolean isClosed() {
    return phase == Phase.CLOSED;
  }

  /**
   * It takes nothing more.
   *
   * @return false = that is so already
   */
  boolean drain() {
    boolean first = phase == Phase.OPEN;
    phase = first ? Phase.DRAINING : phase;
    return first;
  }

  /**
   * @param timer ends the draining; it is cancelled when that has ended before
   */
  void until(Timers.Cancellable timer) {
    deadline = timer;
  }

  /**
   * It sends nothing more.
   *
   * @return false = that is so already
   */
  boolean close() {
    boolean first = sends();
    if (first) {
      phase = Phase.CLOSING;
      deadline.cancel();
    }
    return first;
  }

  /** The queue has written what is left. */
  void closed() {
    phase = Phase.CLOSED;
  }

  /** The sender is closed too. */
  void ended() {
    end.tryComplete();
  }

  /** Completes with {@link #ended}. */
  Future<Void> whenClosed() {
    return end.future();
  }
}
