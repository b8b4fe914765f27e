package dev.stoker.write.component;

import dev.stoker.component.Prepared;
import dev.stoker.component.Running;
import dev.stoker.discovery.ComponentHealth;
import dev.stoker.profile.Appender;
import dev.stoker.write.endpoint.EndpointStatus;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** A component that delivers, in the graph. The control context owns it. */
public final class RunningWrite implements Running {
  private final Writer writer;

  /** The endpoints that the last change has taken out. */
  private Future<Void> closing = Future.succeededFuture();

  /** The component itself, as the room of its protocol has it. */
  public interface Writer extends Appender {
    Endpoints<?> endpoints();
  }

  private RunningWrite(Writer writer) {
    this.writer = writer;
  }

  public Writer writer() {
    return writer;
  }

  /** The component with another config. */
  public Prepared prepared(Endpoints.Change change) {
    return new Prepared() {
      @Override
      public Running commit() {
        closing = change.commit();
        return RunningWrite.this;
      }

      @Override
      public Future<Void> abandon() {
        change.abandon();
        return Future.succeededFuture();
      }
    };
  }

  /** A component that is about to start. */
  public static Prepared prepared(Writer writer) {
    return new Prepared() {
      @Override
      public Running commit() {
        writer.endpoints().start();
        return new RunningWrite(writer);
      }

      @Override
      public Future<Void> abandon() {
        return writer.endpoints().stop(0);
      }
    };
  }

  /** The endpoints, in config order. */
  public List<EndpointStatus> endpoints() {
    return writer.endpoints().status();
  }

  @Override
  public Optional<Appender> receiver() {
    return Optional.of(writer);
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
    return writer.endpoints().stop(millis);
  }
}
