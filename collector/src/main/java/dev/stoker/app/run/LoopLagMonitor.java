package dev.stoker.app.run;

import dev.stoker.concurrent.Timers;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/** Measures how late the timers of the control context run. */
final class LoopLagMonitor {
  private static final long TICK_MILLIS = 500;

  private final Timers timers;
  private final Counter delay;
  private Timers.Cancellable tick = () -> {};

  LoopLagMonitor(Timers timers, MeterRegistry registry) {
    this.timers = timers;
    this.delay =
        Counter.builder("stoker.event.loop.delay")
            .baseUnit("seconds")
            .description("How late timers of the event loop ran, added up")
            .register(registry);
  }

  void start() {
    timers.control().assertOn();
    expect(timers.nanoTime());
  }

  void stop() {
    tick.cancel();
  }

  private void expect(long now) {
    tick =
        timers.after(
            TICK_MILLIS,
            () -> {
              long at = timers.nanoTime();
              delay.increment(Math.max(0, at - now - TICK_MILLIS * 1_000_000) / 1e9);
              expect(at);
            });
  }
}
