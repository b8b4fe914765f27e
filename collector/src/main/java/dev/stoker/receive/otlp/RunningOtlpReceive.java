package dev.stoker.receive.otlp;

import dev.stoker.receive.ReceiverParts;
import dev.stoker.receive.ReceiverStatus;
import dev.stoker.receive.Receiving;
import dev.stoker.receive.server.Door;
import io.vertx.core.Future;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** An <code>otlp.receive</code> in the graph. The control context owns it. */
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
  public ReceiverParts parts() {
    return receiver.parts();
  }

  @Override
  public String protocol() {
    return "otlp";
  }

  @Override
  public ReceiverStatus.Port port() {
    return new ReceiverStatus.Port(
        joined(", ", shown("grpc", receiver.grpc()), shown("http", receiver.http())),
        config.doors().isOpenToStrangers(),
        joined("; ", receiver.grpc().problem(), receiver.http().problem()));
  }

  private static String shown(String name, Door door) {
    return door.address().isEmpty() ? "" : name + " " + door.address();
  }

  private static String joined(String between, String one, String other) {
    return Stream.of(one, other)
        .filter(text -> !text.isEmpty())
        .collect(Collectors.joining(between));
  }

  @Override
  public Future<Void> settled() {
    return settled;
  }
}
