package dev.stoker.app;

import dev.stoker.concurrent.Timers;
import dev.stoker.discovery.Discoverer;
import io.vertx.core.Vertx;
import java.util.Optional;

/**
 * The table of discovery mechanisms: config record → discoverer. A mechanism's classes are loaded
 * when its config is there, not before.
 */
final class Discoverers {
  private final Vertx vertx;
  private final Timers timers;

  Discoverers(Vertx vertx, Timers timers) {
    this.vertx = vertx;
    this.timers = timers;
  }

  /** Empty = the record is no discovery mechanism's. */
  Optional<Discoverer> of(Record config) {
    return Optional.empty();
  }
}
