package dev.stoker.app.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.concurrent.ManualTimers;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.Test;

class DiskSpaceMonitorTest {
  private final ManualTimers timers = new ManualTimers(1_700_000_000_000L);
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final Deque<Promise<DiskSpaceMonitor.Space>> looks = new ArrayDeque<>();
  private final DiskSpaceMonitor monitor = new DiskSpaceMonitor(timers, this::look, registry);

  private Future<DiskSpaceMonitor.Space> look() {
    Promise<DiskSpaceMonitor.Space> look = Promise.promise();
    looks.add(look);
    return look.future();
  }

  @Test
  void hungDisk_isAskedOnce_andAFailedLookIsNotANumber() {
    monitor.start();
    timers.advance(600_000);
    assertThat(looks).hasSize(1);
    assertThat(registry.get("stoker.storage.free").gauge().value()).isNaN();
    looks.remove().complete(new DiskSpaceMonitor.Space(5, 10));
    assertThat(registry.get("stoker.storage.free").gauge().value()).isEqualTo(5);
    assertThat(registry.get("stoker.storage.total").gauge().value()).isEqualTo(10);
    timers.advance(15_000);
    looks.remove().fail("gone");
    assertThat(registry.get("stoker.storage.free").gauge().value()).isNaN();
  }

  @Test
  void stopped_leavesNoTimer() {
    monitor.start();
    looks.remove().complete(new DiskSpaceMonitor.Space(5, 10));
    monitor.stop();
    assertThat(timers.pending()).isZero();
  }
}
