package dev.stoker.app;

import dev.stoker.concurrent.Timers;
import dev.stoker.discovery.Discoverer;
import dev.stoker.discovery.kubernetes.KubernetesConfig;
import dev.stoker.discovery.kubernetes.KubernetesDiscoverer;
import dev.stoker.discovery.kubernetes.Watches;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The table of discovery mechanisms: config record → discoverer. A mechanism's classes are loaded
 * when its config is there, not before.
 */
final class Discoverers {
  private final Vertx vertx;
  private final Timers timers;

  private final Context context;
  private @Nullable Watches watches;

  /**
   * @param context the control context
   */
  Discoverers(Vertx vertx, Context context, Timers timers) {
    this.vertx = vertx;
    this.context = context;
    this.timers = timers;
  }

  /** Empty = the record is no discovery mechanism's. */
  Optional<Discoverer> of(Record config) {
    if (config instanceof KubernetesConfig kubernetes) {
      return Optional.of(new KubernetesDiscoverer(kubernetes, watches(), vertx));
    }
    return Optional.empty();
  }

  /** One for all components: equal watches are shared. */
  private Watches watches() {
    Watches shared = watches;
    if (shared == null) {
      shared = new Watches(vertx, context, timers, Version.userAgent());
      watches = shared;
    }
    return shared;
  }
}
