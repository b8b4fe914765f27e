package dev.stoker.app.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.concurrent.ControlContext;
import dev.stoker.concurrent.ManualTimers;
import dev.stoker.concurrent.Timers;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.Test;

class VitalsTest {
  private final ManualTimers timers = new ManualTimers(1_700_000_000_000L);
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final Deque<Promise<Vitals.Space>> looks = new ArrayDeque<>();
  private long behindNanos;

  /** The clock as a context sees it that comes late to its timers. */
  private final Timers late =
      new Timers() {
        @Override
        public long wallMillis() {
          return timers.wallMillis();
        }

        @Override
        public long nanoTime() {
          return timers.nanoTime() + behindNanos;
        }

        @Override
        public Cancellable after(long delayMillis, Runnable action) {
          return timers.after(delayMillis, action);
        }

        @Override
        public ControlContext control() {
          return timers.control();
        }
      };

  private final Vitals vitals = new Vitals(late, this::look, registry);

  private Future<Vitals.Space> look() {
    Promise<Vitals.Space> look = Promise.promise();
    looks.add(look);
    return look.future();
  }

  @Test
  void delay_isWhatTimersWereLate() {
    vitals.start();
    timers.advance(60_000);
    assertThat(delay()).isZero();
    behindNanos = 2_500_000_000L;
    timers.advance(60_000);
    assertThat(delay()).isEqualTo(2.5);
  }

  @Test
  void hungDisk_isAskedOnce_andAFailedLookIsNotANumber() {
    vitals.start();
    timers.advance(600_000);
    assertThat(looks).hasSize(1);
    assertThat(registry.get("stoker.storage.free").gauge().value()).isNaN();
    looks.remove().complete(new Vitals.Space(5, 10));
    assertThat(registry.get("stoker.storage.free").gauge().value()).isEqualTo(5);
    assertThat(registry.get("stoker.storage.total").gauge().value()).isEqualTo(10);
    timers.advance(15_000);
    looks.remove().fail("gone");
    assertThat(registry.get("stoker.storage.free").gauge().value()).isNaN();
  }

  @Test
  void stopped_leavesNoTimer() {
    vitals.start();
    looks.remove().complete(new Vitals.Space(5, 10));
    vitals.stop();
    assertThat(timers.pending()).isZero();
  }

  private double delay() {
    return registry.get("stoker.event.loop.delay").counter().count();
  }
}
