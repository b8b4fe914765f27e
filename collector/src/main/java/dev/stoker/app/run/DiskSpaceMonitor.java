package dev.stoker.app.run;

import dev.stoker.concurrent.Timers;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import java.util.function.Supplier;

/**
 * Measures how much room the storage folder's file system has. The file system is asked off the
 * control context, because one that hangs does not answer.
 */
final class DiskSpaceMonitor {
  private static final long LOOK_MILLIS = 15_000;
  private static final Space UNKNOWN = new Space(Double.NaN, Double.NaN);

  private final Timers timers;
  private final Supplier<Future<Space>> disk;
  private Space space = UNKNOWN;
  private Timers.Cancellable next = () -> {};

  /**
   * The room of a file system; NaN = not known.
   *
   * @param free bytes that this process may write
   * @param total bytes
   */
  record Space(double free, double total) {}

  /**
   * @param disk asks the file system, off the control context; completes on it
   */
  DiskSpaceMonitor(Timers timers, Supplier<Future<Space>> disk, MeterRegistry registry) {
    this.timers = timers;
    this.disk = disk;
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
    timers.control().assertOn();
    look();
  }

  void stop() {
    next.cancel();
  }

  private void look() {
    // The next look waits for this one: a hung disk costs one thread, not one more every time.
    disk.get()
        .onComplete(
            seen -> {
              space = seen.succeeded() ? seen.result() : UNKNOWN;
              next = timers.after(LOOK_MILLIS, this::look);
            });
  }
}
