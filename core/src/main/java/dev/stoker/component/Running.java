package dev.stoker.component;

import dev.stoker.discovery.ComponentHealth;
import dev.stoker.profile.Appender;
import dev.stoker.profile.ComponentBooks;
import io.vertx.core.Future;
import java.util.Optional;

/** A component that works. */
public interface Running {
  ComponentHealth health();

  /** The receiver of profiles, for a kind that exports one. */
  default Optional<Appender> receiver() {
    return Optional.empty();
  }

  /** The account of the profiles that have passed, for a kind that keeps one. */
  default Optional<ComponentBooks> books() {
    return Optional.empty();
  }

  /** Completes when what the last commit has begun is done; a reload waits for it. */
  default Future<Void> settled() {
    return Future.succeededFuture();
  }

  /**
   * Completes when what the last commit has taken out of it, such as an endpoint, has ended. A
   * reload does not wait for it; the next reload does.
   */
  default Future<Void> retiring() {
    return Future.succeededFuture();
  }

  /**
   * How much time there is to end.
   *
   * @see Running#letGo
   */
  enum Ending {
    /** Only the component leaves: the reload waits. */
    REMOVED,
    /** The daemon stops: what runs may end. */
    SHUTDOWN,
    /** The daemon stops: what can still be had is asked for once more. */
    LAST_SCRAPES
  }

  /**
   * The component is about to leave: it lets go of what nobody else may hold at the same time, such
   * as the loops on a target. Its successors start, and what it uses stops, after that.
   *
   * <p>Idempotent.
   */
  default Future<Void> letGo(Ending ending) {
    return Future.succeededFuture();
  }

  /**
   * Stops the component, which leaves the graph. Idempotent.
   *
   * @param millis for delivering what it holds; 0 when only the component leaves
   * @return completes when it has ended; a reload does not wait for it
   */
  Future<Void> stop(long millis);
}
