package dev.stoker.profile.relabel;

import dev.stoker.component.Running;
import dev.stoker.discovery.ComponentHealth;
import dev.stoker.profile.Appender;
import dev.stoker.profile.ComponentBooks;
import io.vertx.core.Future;
import java.util.Optional;

/**
 * A <code>pyroscope.relabel</code> in the graph.
 *
 * @param edits of all such components: one may hand its profile on to another
 */
record RunningRelabel(ProfileRelabel relabel, Edits edits) implements Running {
  @Override
  public Optional<Appender> receiver() {
    return Optional.of(relabel);
  }

  @Override
  public Optional<ComponentBooks> books() {
    return Optional.of(relabel.books());
  }

  @Override
  public ComponentHealth health() {
    return ComponentHealth.healthy(relabel.summary());
  }

  @Override
  public Future<Void> letGo(Ending ending) {
    return ending == Ending.REMOVED ? Future.succeededFuture() : edits.ended();
  }

  @Override
  public Future<Void> stop(long millis) {
    relabel.stop();
    return Future.succeededFuture();
  }
}
