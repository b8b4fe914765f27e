package dev.stoker.receive.otlp;

import dev.stoker.component.ComponentKind;
import dev.stoker.component.HeapDemand;
import dev.stoker.component.Preparation;
import dev.stoker.component.Prepared;
import dev.stoker.component.Running;
import dev.stoker.profile.Appender;
import dev.stoker.receive.server.Bounds;
import dev.stoker.receive.server.Door;
import dev.stoker.schema.Args;
import dev.stoker.schema.Export;
import io.vertx.core.Future;
import java.util.List;
import java.util.stream.Stream;

/** <code>otlp.receive</code>. */
public final class OtlpReceiveKind implements ComponentKind<OtlpReceiveConfig> {
  @Override
  public String name() {
    return "otlp.receive";
  }

  @Override
  public List<Export> exports() {
    return List.of();
  }

  @Override
  public OtlpReceiveConfig read(String id, Args args) {
    return OtlpReceiveReader.read(id, args);
  }

  /** The bodies of requests are on their way into the queues. */
  @Override
  public HeapDemand demand(OtlpReceiveConfig config) {
    Bounds bounds = config.limits().bounds();
    return new HeapDemand(
        bounds.maxInFlightBytes(),
        0,
        bounds.maxBodySize(),
        config.limits().maxInflatedSize(),
        true);
  }

  @Override
  public OtlpReceiveConfig within(OtlpReceiveConfig config, double queues, double diskIndex) {
    return queues < 1 ? config.within(queues) : config;
  }

  @Override
  public Prepared prepare(Preparation<OtlpReceiveConfig> preparation) {
    OtlpReceiveConfig config = preparation.config();
    Appender next = preparation.forwardTo(config.forwardTo());
    return preparation
        .running(RunningOtlpReceive.class)
        .map(running -> change(running, config, next))
        .orElseGet(() -> create(preparation, config, next));
  }

  private static Prepared change(
      RunningOtlpReceive running, OtlpReceiveConfig config, Appender next) {
    Moves moves = Moves.of(running.receiving(), config);
    return new Prepared() {
      @Override
      public Future<List<String>> open() {
        return moves.open();
      }

      @Override
      public Running commit() {
        running.receiving().configure(config, next);
        return running.changed(config, moves.commit());
      }

      @Override
      public Future<Void> abandon() {
        return moves.abandon();
      }
    };
  }

  /** Its ports are open before the receivers are there; a request waits for them. */
  private static Prepared create(
      Preparation<OtlpReceiveConfig> preparation, OtlpReceiveConfig config, Appender next) {
    OtlpReceiver receiver = new OtlpReceiver(config, next, preparation.services());
    Moves moves = Moves.of(receiver, config);
    return new Prepared() {
      @Override
      public Future<List<String>> open() {
        return moves.open();
      }

      @Override
      public Running commit() {
        return new RunningOtlpReceive(receiver, config).changed(config, moves.commit());
      }

      @Override
      public Future<Void> abandon() {
        receiver.parts().forget();
        return moves.abandon();
      }
    };
  }

  /** Both ports move together. */
  private record Moves(Door.Move grpc, Door.Move http) {
    static Moves of(OtlpReceiver receiver, OtlpReceiveConfig config) {
      return new Moves(
          receiver.grpc().move(config.doors().grpc()), receiver.http().move(config.doors().http()));
    }

    Future<List<String>> open() {
      return grpc.open()
          .compose(
              first ->
                  http.open()
                      .map(second -> Stream.concat(first.stream(), second.stream()).toList()));
    }

    Future<Void> commit() {
      return Future.join(grpc.commit(), http.commit()).mapEmpty();
    }

    Future<Void> abandon() {
      return Future.join(grpc.abandon(), http.abandon()).mapEmpty();
    }
  }
}
