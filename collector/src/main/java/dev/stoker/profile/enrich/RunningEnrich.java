package dev.stoker.profile.enrich;

import dev.stoker.component.Running;
import dev.stoker.discovery.ComponentHealth;
import dev.stoker.profile.Appender;
import dev.stoker.profile.ComponentBooks;
import io.vertx.core.Future;
import java.util.Optional;

/** A <code>pyroscope.enrich</code> in the graph. */
record RunningEnrich(ProfileEnrich enrich) implements Running {
  @Override
  public Optional<Appender> receiver() {
    return Optional.of(enrich);
  }

  @Override
  public Optional<ComponentBooks> books() {
    return Optional.of(enrich.books());
  }

  @Override
  public ComponentHealth health() {
    return ComponentHealth.healthy(enrich.summary());
  }

  @Override
  public Future<Void> stop(long millis) {
    enrich.stop();
    return Future.succeededFuture();
  }
}
