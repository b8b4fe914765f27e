package dev.stoker.write.component;

import dev.stoker.component.Services;
import dev.stoker.concurrent.Timers;
import dev.stoker.profile.Verdicts;
import dev.stoker.write.disk.DiskQueues;
import dev.stoker.write.queue.QueueGauges;
import io.micrometer.core.instrument.MeterRegistry;

/**
 * What the endpoints of all components need of the daemon.
 *
 * @param queues the queues on disk, and the thread of their files
 * @param verdicts by which scrapes hear what a server says of their profiles
 */
public record EndpointServices(
    Timers timers,
    MeterRegistry registry,
    QueueGauges gauges,
    DiskQueues queues,
    Verdicts verdicts) {

  /** Of the daemon: the first kind of component that asks makes what is shared. */
  public static EndpointServices of(Services services) {
    return new EndpointServices(
        services.timers(),
        services.registry(),
        services.shared(QueueGauges.class, all -> new QueueGauges(all.registry(), all.timers())),
        services.shared(
            DiskQueues.class,
            all -> {
              DiskQueues queues = new DiskQueues(all.storage(), all.control());
              all.onClose(queues::stop);
              return queues;
            }),
        services.verdicts());
  }
}
