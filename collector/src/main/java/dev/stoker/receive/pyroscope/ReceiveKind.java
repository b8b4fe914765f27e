package dev.stoker.receive.pyroscope;

import dev.stoker.component.AlloyCounterpart;
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

/** <code>pyroscope.receive_http</code>. */
public final class ReceiveKind implements ComponentKind<ReceiveConfig> {
  @Override
  public String name() {
    return "pyroscope.receive_http";
  }

  @Override
  public List<Export> exports() {
    return List.of();
  }

  @Override
  public ReceiveConfig read(String id, Args args) {
    return ReceiveReader.read(id, args);
  }

  @Override
  public AlloyCounterpart alloy() {
    return AlloyCounterpart.SAME
        .leaveOut("http.conn_limit", "limits.max_connections bounds connections, 1024 if not set")
        .leaveOut(
            "http.server_read_timeout", "limits.read_timeout bounds a request, 30s if not set")
        .leaveOut("http.server_write_timeout", "answers are small and never wait for their client")
        .leaveOut("http.server_idle_timeout", "an idle connection is closed after a minute")
        .leaveOut("debug_info_upload_timeout", "Stoker takes no debug info");
  }

  /** The bodies of requests are on their way into the queues. */
  @Override
  public HeapDemand demand(ReceiveConfig config) {
    Bounds bounds = config.limits().bounds();
    return new HeapDemand(
        bounds.maxInFlightBytes(),
        0,
        bounds.maxBodySize(),
        config.limits().maxInflatedSize(),
        true);
  }

  @Override
  public ReceiveConfig within(ReceiveConfig config, double queues, double diskIndex) {
    return queues < 1 ? config.within(queues) : config;
  }

  @Override
  public Prepared prepare(Preparation<ReceiveConfig> preparation) {
    ReceiveConfig config = preparation.config();
    Appender next = preparation.forwardTo(config.forwardTo());
    return preparation
        .running(RunningReceive.class)
        .map(running -> change(running, config, next))
        .orElseGet(() -> create(preparation, config, next));
  }

  private static Prepared change(RunningReceive running, ReceiveConfig config, Appender next) {
    Door.Move move = running.receiving().door().move(config.listen());
    return new Prepared() {
      @Override
      public Future<List<String>> open() {
        return move.open();
      }

      @Override
      public Running commit() {
        running.receiving().configure(config, next);
        return running.changed(config, move.commit());
      }

      @Override
      public Future<Void> abandon() {
        return move.abandon();
      }
    };
  }

  /** Its port is open before the receivers are there; a request waits for them. */
  private static Prepared create(
      Preparation<ReceiveConfig> preparation, ReceiveConfig config, Appender next) {
    Receiver receiver = new Receiver(config, next, preparation.services());
    Door.Move move = receiver.door().move(config.listen());
    return new Prepared() {
      @Override
      public Future<List<String>> open() {
        return move.open();
      }

      @Override
      public Running commit() {
        return new RunningReceive(receiver, config).changed(config, move.commit());
      }

      @Override
      public Future<Void> abandon() {
        receiver.parts().forget();
        return move.abandon();
      }
    };
  }
}
