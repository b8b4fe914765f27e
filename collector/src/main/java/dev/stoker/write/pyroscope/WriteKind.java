package dev.stoker.write.pyroscope;

import dev.stoker.component.AlloyCounterpart;
import dev.stoker.component.Preparation;
import dev.stoker.component.Prepared;
import dev.stoker.component.Services;
import dev.stoker.pprof.shared.BodyWork;
import dev.stoker.schema.Args;
import dev.stoker.write.component.EndpointServices;
import dev.stoker.write.component.RunningWrite;
import dev.stoker.write.http.HttpWriteKind;
import dev.stoker.write.http.WriteConfig;
import dev.stoker.write.http.WriteReader;
import java.util.Map;

/** <code>pyroscope.write</code>. */
public final class WriteKind implements HttpWriteKind {
  @Override
  public String name() {
    return "pyroscope.write";
  }

  @Override
  public WriteConfig read(String id, Args args) {
    args.refuse(Map.of("tracing", "is not supported in this version; take it out"));
    return new WriteReader(new PyroscopeForm()).read(id, args);
  }

  @Override
  public AlloyCounterpart alloy() {
    return AlloyCounterpart.SAME
        .leaveOut("tracing", "Stoker does not trace its pushes")
        .leaveOut("endpoint.debug_info_upload_timeout", "Stoker uploads no debug info");
  }

  @Override
  public Prepared prepare(Preparation<WriteConfig> preparation) {
    return preparation
        .running(RunningWrite.class)
        .map(running -> change(running, preparation))
        .orElseGet(() -> create(preparation));
  }

  private static Prepared change(RunningWrite running, Preparation<WriteConfig> preparation) {
    PyroscopeWrite write = (PyroscopeWrite) running.writer();
    return running.prepared(write.prepare(preparation.config(), preparation::lend));
  }

  private static Prepared create(Preparation<WriteConfig> preparation) {
    Services services = preparation.services();
    return RunningWrite.prepared(
        PyroscopeWrite.overHttp(
            preparation.config(),
            new PyroscopeWrite.Services(
                services.vertx(),
                EndpointServices.of(services),
                services.userAgent(),
                BodyWork.of(services)::edit),
            preparation::lend));
  }
}
