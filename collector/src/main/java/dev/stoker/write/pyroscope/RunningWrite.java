package dev.stoker.write.pyroscope;

import dev.stoker.component.Running;
import dev.stoker.discovery.ComponentHealth;
import dev.stoker.profile.Appender;
import dev.stoker.write.endpoint.EndpointStatus;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** A <code>pyroscope.write</code> in the graph. Control context only. */
public final class RunningWrite implements Running {
  private final PyroscopeWrite write;
  private Future<Void> closing = Future.succeededFuture();

  RunningWrite(PyroscopeWrite write) {
    this.write = write;
  }

  PyroscopeWrite write() {
    return write;
  }

  /** Endpoints that the last change has taken out are closing. */
  void closing(Future<Void> endpoints) {
    closing = endpoints;
  }

  /** Its endpoints, in config order. */
  public List<EndpointStatus> endpoints() {
    return write.status();
  }

  @Override
  public Optional<Appender> receiver() {
    return Optional.of(write);
  }

  @Override
  public ComponentHealth health() {
    String failing =
        endpoints().stream()
            .filter(end -> end.state() != EndpointStatus.State.HEALTHY)
            .map(end -> end.endpoint() + " is " + end.state().label())
            .collect(Collectors.joining("; "));
    return failing.isEmpty() ? ComponentHealth.healthy("") : ComponentHealth.unhealthy(failing);
  }

  @Override
  public Future<Void> retiring() {
    return closing;
  }

  @Override
  public Future<Void> stop(long millis) {
    return write.stop(millis);
  }
}
