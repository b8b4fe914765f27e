package dev.stoker.receive;

import dev.stoker.component.Running;
import dev.stoker.discovery.ComponentHealth;
import dev.stoker.profile.ComponentBooks;
import io.vertx.core.Future;
import java.util.Optional;

/** A component that takes what clients push. */
public interface Receiving extends Running {
  /** What all kinds of receivers have. */
  ReceiverParts parts();

  /** As the API names it. */
  String protocol();

  /** Where it listens. */
  ReceiverStatus.Port port();

  /** Where it listens, what it has taken, and from whom. */
  default ReceiverStatus status() {
    return parts().admission().status(protocol(), port());
  }

  @Override
  default Optional<ComponentBooks> books() {
    return Optional.of(parts().admission().books());
  }

  @Override
  default ComponentHealth health() {
    ReceiverStatus.Port port = port();
    if (!port.problem().isEmpty()) {
      return ComponentHealth.unhealthy(port.problem());
    }
    String open = port.open() ? "; everybody may push, there is no login" : "";
    return ComponentHealth.healthy(
        "listens on " + port.listen() + open + "; " + parts().admission().summary());
  }

  @Override
  default Future<Void> letGo(Ending ending) {
    return parts().letGo();
  }

  @Override
  default Future<Void> stop(long millis) {
    return parts().stop();
  }
}
