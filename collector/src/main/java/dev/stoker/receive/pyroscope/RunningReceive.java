package dev.stoker.receive.pyroscope;

import dev.stoker.discovery.ComponentHealth;
import dev.stoker.profile.ComponentBooks;
import dev.stoker.receive.ReceiverStatus;
import dev.stoker.receive.Receiving;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Optional;

/** A <code>pyroscope.receive_http</code> in the graph. The control context owns it. */
public final class RunningReceive implements Receiving {
  private final Receiver receiver;
  private ReceiveConfig config;
  private Future<Void> settled = Future.succeededFuture();

  RunningReceive(Receiver receiver, ReceiveConfig config) {
    this.receiver = receiver;
    this.config = config;
  }

  Receiver receiving() {
    return receiver;
  }

  /** It has another config from now on. */
  RunningReceive changed(ReceiveConfig next, Future<Void> listening) {
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
            "pyroscope",
            new ReceiverStatus.Port(
                receiver.door().address(),
                config.listen().isOpenToStrangers(),
                receiver.door().problem()));
  }

  @Override
  public ComponentHealth health() {
    String problem = receiver.door().problem();
    if (!problem.isEmpty()) {
      return ComponentHealth.unhealthy(problem);
    }
    String open =
        config.listen().isOpenToStrangers() ? "; everybody may push, there is no login" : "";
    return ComponentHealth.healthy(
        "listens on " + receiver.door().address() + open + "; " + receiver.admission().summary());
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
