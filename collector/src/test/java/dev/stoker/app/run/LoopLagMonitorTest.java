package dev.stoker.app.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.concurrent.ControlContext;
import dev.stoker.concurrent.ManualTimers;
import dev.stoker.concurrent.Timers;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

class LoopLagMonitorTest {
  private final ManualTimers timers = new ManualTimers(1_700_000_000_000L);
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
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

  private final LoopLagMonitor monitor = new LoopLagMonitor(late, registry);

  @Test
  void delay_isWhatTimersWereLate() {
    monitor.start();
    timers.advance(60_000);
    assertThat(delay()).isZero();
    behindNanos = 2_500_000_000L;
    timers.advance(60_000);
    assertThat(delay()).isEqualTo(2.5);
  }

  @Test
  void stopped_leavesNoTimer() {
    monitor.start();
    monitor.stop();
    assertThat(timers.pending()).isZero();
  }

  private double delay() {
    return registry.get("stoker.event.loop.delay").counter().count();
  }
}
