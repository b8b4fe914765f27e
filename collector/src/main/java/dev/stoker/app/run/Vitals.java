package dev.stoker.app.run;

import dev.stoker.concurrent.Timers;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import java.util.function.Supplier;

/**
 * How late the control context's timers run, and how much room the storage folder's file system
 * has. Control context only; the disk is looked at elsewhere, as a hung one does not answer.
 */
final class Vitals {
  private static final long TICK_MILLIS = 500;
  private static final long DISK_MILLIS = 15_000;

  private final Timers timers;
  private final Supplier<Future<Space>> disk;
  private final Counter delay;
  private Space space = new Space(Double.NaN, Double.NaN);
  private Timers.Cancellable tick = () -> {};
  private Timers.Cancellable look = () -> {};

  /**
   * Of a file system; NaN = not known.
   *
   * @param free bytes that this process may write
   * @param total bytes
   */
  record Space(double free, double total) {}

  /**
   * @param disk looks at the file system, off the control context; completes on it
   */
  Vitals(Timers timers, Supplier<Future<Space>> disk, MeterRegistry registry) {
    this.timers = timers;
    this.disk = disk;
    this.delay =
        Counter.builder("stoker.event.loop.delay")
            .baseUnit("seconds")
            .description("How late timers of the event loop ran, added up")
            .register(registry);
    Gauge.builder("stoker.storage.free", () -> space.free())
        .baseUnit("bytes")
        .description("Free on the file system of stoker.storage.path")
        .register(registry);
    Gauge.builder("stoker.storage.total", () -> space.total())
        .baseUnit("bytes")
        .description("Size of the file system of stoker.storage.path")
        .register(registry);
  }

  void start() {
    expect(timers.nanoTime());
    look();
  }

  void stop() {
    tick.cancel();
    look.cancel();
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

  private void look() {
    // The next look waits for this one: a hung disk costs one thread, not one more every time.
    disk.get()
        .onComplete(
            seen -> {
              space = seen.succeeded() ? seen.result() : new Space(Double.NaN, Double.NaN);
              look = timers.after(DISK_MILLIS, this::look);
            });
  }
}
