package dev.stoker.write.otlp;

import dev.stoker.component.HeapDemand;
import dev.stoker.component.Preparation;
import dev.stoker.component.Prepared;
import dev.stoker.component.Services;
import dev.stoker.otlp.encode.ProfileEncoder;
import dev.stoker.pprof.shared.BodyWork;
import dev.stoker.schema.Args;
import dev.stoker.write.component.EndpointServices;
import dev.stoker.write.component.RunningWrite;
import dev.stoker.write.http.HttpWriteKind;
import dev.stoker.write.http.WriteConfig;
import dev.stoker.write.http.WriteReader;

/** <code>otlp.write</code>. */
public final class OtlpWriteKind implements HttpWriteKind {
  @Override
  public String name() {
    return "otlp.write";
  }

  @Override
  public WriteConfig read(String id, Args args) {
    return new WriteReader(new OtlpForm()).read(id, args);
  }

  /** What is in flight is there twice: as it is queued, and as it is sent, which is as large. */
  @Override
  public HeapDemand demand(WriteConfig config) {
    HeapDemand asQueued = HttpWriteKind.super.demand(config);
    return new HeapDemand(
        2 * asQueued.queues(), asQueued.diskIndex(), asQueued.maxBody(), asQueued.maxInflated());
  }

  @Override
  public Prepared prepare(Preparation<WriteConfig> preparation) {
    return preparation
        .running(RunningWrite.class)
        .map(running -> change(running, preparation))
        .orElseGet(() -> create(preparation));
  }

  private static Prepared change(RunningWrite running, Preparation<WriteConfig> preparation) {
    OtlpWrite write = (OtlpWrite) running.writer();
    return running.prepared(write.prepare(preparation.config(), preparation::lend));
  }

  private static Prepared create(Preparation<WriteConfig> preparation) {
    Services services = preparation.services();
    BodyWork work = BodyWork.of(services);
    return RunningWrite.prepared(
        new OtlpWrite(
            preparation.config(),
            new OtlpWrite.Services(
                services.vertx(),
                EndpointServices.of(services),
                services.userAgent(),
                (body, series) ->
                    work.run(
                        workspace ->
                            ProfileEncoder.encode(body, series, BodyWork.MAX_INFLATED, workspace))),
            preparation::lend));
  }
}
