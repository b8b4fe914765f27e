package dev.stoker.scrape.fetch;

import dev.stoker.concurrent.Timers;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows users the {@link BodyBudget}: its metrics, and at most one line a minute in the log. Owned
 * by the control context.
 */
final class BodyReport {
  private static final Logger log = LoggerFactory.getLogger(BodyBudget.class);
  private static final long LOG_NANOS = 60_000_000_000L;

  private final BodyMemory memory;
  private final Timers timers;
  private @Nullable Timer waits;
  private long givenUp;
  private long loggedNanos;

  BodyReport(BodyMemory memory, Timers timers) {
    this.memory = memory;
    this.timers = timers;
    this.loggedNanos = timers.nanoTime() - LOG_NANOS;
  }

  void register(MeterRegistry registry) {
    Gauge.builder("stoker.body.memory", memory::used)
        .description("Bytes of bodies that are being fetched or worked on")
        .baseUnit("bytes")
        .register(registry);
    Gauge.builder("stoker.body.memory.limit", memory::capacity)
        .description("What the bodies of all targets together may take")
        .baseUnit("bytes")
        .register(registry);
    waits =
        Timer.builder("stoker.body.memory.wait")
            .description("Waits of scrapes for memory of other bodies")
            .register(registry);
  }

  void waited(long nanos) {
    if (waits != null) {
      waits.record(nanos, TimeUnit.NANOSECONDS);
    }
  }

  /**
   * @param waiting bodies that wait for memory at the moment
   */
  void givenUp(int waiting) {
    givenUp++;
    long now = timers.nanoTime();
    if (now - loggedNanos >= LOG_NANOS) {
      log.atWarn()
          .addKeyValue("scrapes", givenUp)
          .addKeyValue("limit_bytes", memory.capacity())
          .addKeyValue("waiting", waiting)
          .log("there is not enough memory for the bodies of all targets: scrapes are given up");
      loggedNanos = now;
      givenUp = 0;
    }
  }
}
