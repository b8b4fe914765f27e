package dev.stoker.write.pyroscope;

import dev.stoker.concurrent.Timers;
import dev.stoker.files.StorageFolder;
import dev.stoker.profile.Verdicts;
import dev.stoker.write.component.EndpointServices;
import dev.stoker.write.disk.DiskFiles;
import dev.stoker.write.disk.DiskQueues;
import dev.stoker.write.disk.QueueRoot;
import dev.stoker.write.queue.QueueGauges;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.nio.file.Path;

/** What a <code>pyroscope.write</code> or its senders need of a daemon. */
final class TestServices {
  /** Of senders, which have no queue. */
  static PyroscopeWrite.Services of(Vertx vertx, Timers timers) {
    return of(vertx, timers, new SimpleMeterRegistry(), new Verdicts());
  }

  static PyroscopeWrite.Services of(
      Vertx vertx, Timers timers, SimpleMeterRegistry registry, Verdicts verdicts) {
    QueueRoot unused = new QueueRoot(new StorageFolder(Path.of("unused")));
    return of(
        vertx,
        new EndpointServices(
            timers,
            registry,
            new QueueGauges(registry, timers),
            new DiskQueues(unused, DiskFiles.REAL, Runnable::run, Runnable::run),
            verdicts));
  }

  static PyroscopeWrite.Services of(Vertx vertx, EndpointServices endpoints) {
    return new PyroscopeWrite.Services(vertx, endpoints, "Stoker", TestBodies.EDITOR);
  }

  private TestServices() {}
}
