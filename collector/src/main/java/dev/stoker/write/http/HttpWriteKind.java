package dev.stoker.write.http;

import dev.stoker.component.ComponentKind;
import dev.stoker.component.HeapDemand;
import dev.stoker.component.Services;
import dev.stoker.http.client.HttpClientConfig;
import dev.stoker.schema.Export;
import dev.stoker.write.component.EndpointServices;
import io.vertx.core.Future;
import java.util.List;

/** What all kinds have that deliver profiles to endpoints over HTTP. */
public interface HttpWriteKind extends ComponentKind<WriteConfig> {
  @Override
  default List<Export> exports() {
    return List.of(new Export("receiver", Export.Type.RECEIVER));
  }

  @Override
  default List<HttpClientConfig> clients(WriteConfig config) {
    return config.clients();
  }

  @Override
  default HeapDemand demand(WriteConfig config) {
    return config.demand();
  }

  @Override
  default WriteConfig within(WriteConfig config, double queues, double diskIndex) {
    return config.within(queues, diskIndex);
  }

  /** Makes the folder of the queues. */
  @Override
  default Future<Void> start(Services services) {
    return EndpointServices.of(services).queues().start();
  }

  @Override
  default void started(Services services) {
    EndpointServices.of(services).queues().reportUnclaimed();
  }
}
