package dev.stoker.receive.otlp;

import dev.stoker.discovery.ComponentHealth;
import dev.stoker.profile.ComponentBooks;
import dev.stoker.receive.ReceiverStatus;
import dev.stoker.receive.Receiving;
import dev.stoker.receive.server.Door;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A <code>otlp.receive</code> in the graph. The control context owns it. */
public final class RunningOtlpReceive implements Receiving {
  private final OtlpReceiver receiver;
  private OtlpReceiveConfig config;
  private Future<Void> settled = Future.succeededFuture();

  RunningOtlpReceive(OtlpReceiver receiver, OtlpReceiveConfig config) {
    this.receiver = receiver;
    this.config = config;
  }

  OtlpReceiver receiving() {
    return receiver;
  }

  /** It has another config from now on. */
  RunningOtlpReceive changed(OtlpReceiveConfig next, Future<Void> listening) {
    config = next;
    settled = listening;
    return this;
  }

  @Override
  public Optional<ComponentBooks> books() {
    return Optional.of(receiver.admission().books());
  }

  @Override
  public ReceiverStatus status() {
    return receiver
        .admission()
        .status(
            "otlp",
            new ReceiverStatus.Port(address(), config.doors().isOpenToStrangers(), problem()));
  }

  private String address() {
    return Stream.of(shown("grpc", receiver.grpc()), shown("http", receiver.http()))
        .filter(text -> !text.isEmpty())
        .collect(Collectors.joining(", "));
  }

  private static String shown(String name, Door door) {
    return door.address().isEmpty() ? "" : name + " " + door.address();
  }

  private String problem() {
    return receiver.grpc().problem().isEmpty()
        ? receiver.http().problem()
        : receiver.grpc().problem();
  }

  @Override
  public ComponentHealth health() {
    String problem = problem();
    if (!problem.isEmpty()) {
      return ComponentHealth.unhealthy(problem);
    }
    String open =
        config.doors().isOpenToStrangers() ? "; everybody may push, there is no login" : "";
    return ComponentHealth.healthy(
        "listens on " + address() + open + "; " + receiver.admission().summary());
  }

  @Override
  public Future<Void> settled() {
    return settled;
  }

  /** What clients have sent is looked at to its end: it may be a queue's in a moment. */
  @Override
  public Future<Void> letGo(Ending ending) {
    Promise<Void> idle = Promise.promise();
    return receiver
        .server()
        .close()
        .compose(
            ignored -> {
              receiver.admission().whenIdle(idle::tryComplete);
              return idle.future();
            });
  }

  @Override
  public Future<Void> stop(long millis) {
    return receiver
        .server()
        .close()
        .onComplete(
            ignored -> {
              receiver.server().forget();
              receiver.admission().close();
            });
  }
}
