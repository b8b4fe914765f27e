package dev.stoker.store;

import dev.stoker.component.Running;
import dev.stoker.component.Services;
import dev.stoker.discovery.ComponentHealth;
import dev.stoker.profile.Appender;
import io.vertx.core.Future;
import java.util.Optional;

/** A <code>stoker.store</code> in the graph. */
public final class RunningStore implements Running {
  private final LocalStore store;
  private final Services services;
  private Future<Void> retiring = Future.succeededFuture();
  private boolean open = true;

  RunningStore(LocalStore store, Services services) {
    this.store = store;
    this.services = services;
    StoreMetrics.add(services.registry(), store);
    RecentProfiles.of(services).stores(1);
  }

  void reconfigure(StoreConfig config) {
    retiring = store.reconfigure(config);
  }

  /** What the pages read. */
  public ProfileSource profiles() {
    return store;
  }

  @Override
  public Optional<Appender> receiver() {
    return Optional.of(store);
  }

  @Override
  public ComponentHealth health() {
    return ComponentHealth.healthy("");
  }

  @Override
  public Future<Void> retiring() {
    return retiring;
  }

  @Override
  public Future<Void> stop(long millis) {
    if (open) {
      open = false;
      StoreMetrics.remove(services.registry(), store);
      RecentProfiles.of(services).stores(-1);
    }
    return store.stop();
  }
}
