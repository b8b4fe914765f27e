package dev.stoker.write.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.concurrent.ManualTimers;
import dev.stoker.labels.Labels;
import dev.stoker.profile.Verdicts;
import dev.stoker.write.pyroscope.PyroscopeProtocol;
import dev.stoker.write.queue.OutgoingProfile;
import dev.stoker.write.queue.QueueConfig;
import dev.stoker.write.queue.QueueGauges;
import dev.stoker.write.queue.SendQueue;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

/** The gauges of endpoints of one name. */
class EndpointAccountingTest {
  private final ManualTimers timers = new ManualTimers(0);
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final QueueGauges gauges = new QueueGauges(registry, timers);

  private EndpointAccounting books(String component) {
    return new EndpointAccounting(
        new EndpointId(component, "http://p", PyroscopeProtocol.INSTANCE),
        registry,
        gauges,
        new Verdicts());
  }

  private SendQueue queue(EndpointAccounting books, int profiles) {
    SendQueue queue = new SendQueue(QueueConfig.DEFAULT, timers, books, () -> {});
    for (int i = 0; i < profiles; i++) {
      queue.offer(OutgoingProfile.of(Labels.of("__name__", "memory"), new byte[10], 0));
    }
    return queue;
  }

  private double queued() {
    Gauge gauge = registry.find("stoker.queue.profiles").tag("endpoint", "http://p").gauge();
    return gauge == null ? Double.NaN : gauge.value();
  }

  @Test
  void endpointsOfOneName_areSummed_untilTheLastOneCloses() {
    EndpointAccounting first = books("pyroscope.write.a");
    first.watch(queue(first, 1));
    EndpointAccounting second = books("pyroscope.write.b");
    second.watch(queue(second, 2));
    assertThat(queued()).isEqualTo(3);

    first.close();

    assertThat(queued()).isEqualTo(2);
    second.close();
    assertThat(queued()).isNaN();
  }

  @Test
  void whoNeverStarts_leavesTheGaugesAlone() {
    EndpointAccounting running = books("pyroscope.write.a");
    running.watch(queue(running, 1));

    books("pyroscope.write.b").close();

    assertThat(queued()).isEqualTo(1);
  }
}
