package dev.stoker.receive.pyroscope;

import dev.stoker.receive.ReceiverParts;
import dev.stoker.receive.ReceiverStatus;
import dev.stoker.receive.Receiving;
import io.vertx.core.Future;

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
  public ReceiverParts parts() {
    return receiver.parts();
  }

  @Override
  public String protocol() {
    return "pyroscope";
  }

  @Override
  public ReceiverStatus.Port port() {
    return new ReceiverStatus.Port(
        receiver.door().address(), config.listen().isOpenToStrangers(), receiver.door().problem());
  }

  @Override
  public Future<Void> settled() {
    return settled;
  }
}
