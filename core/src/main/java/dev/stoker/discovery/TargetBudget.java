package dev.stoker.discovery;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What targets may take of the heap, over all components: one for what is discovered, which is
 * objects that are watched and labels, and another one for the loops that scrape it.
 */
public final class TargetBudget {
  private final long most;

  /** Gauges read it from other threads. */
  private final AtomicLong used = new AtomicLong();

  public TargetBudget(long most) {
    this.most = most;
  }

  /** For what ends soon and is small, such as a command's. */
  public static TargetBudget unbounded() {
    return new TargetBudget(Long.MAX_VALUE / 4);
  }

  /**
   * Shows what is in use.
   *
   * @param share its name in the plan of the heap
   */
  public TargetBudget measure(MeterRegistry registry, String share) {
    Gauge.builder("stoker.target.memory", this, TargetBudget::used)
        .description("Bytes of what is discovered, and of the loops that scrape it")
        .baseUnit("bytes")
        .tag("share", share)
        .strongReference(true)
        .register(registry);
    Gauge.builder("stoker.target.memory.limit", this, TargetBudget::most)
        .description("What these may take; targets beyond it are dropped with the reason limit")
        .baseUnit("bytes")
        .tag("share", share)
        .strongReference(true)
        .register(registry);
    return this;
  }

  /**
   * @return false = there is no room, and nothing was taken
   */
  public boolean take(long bytes) {
    if (bytes > 0 && used.get() + bytes > most) {
      return false;
    }
    used.addAndGet(bytes);
    return true;
  }

  /** Gives back. */
  public void give(long bytes) {
    used.addAndGet(-bytes);
  }

  public long free() {
    return most - used.get();
  }

  public long most() {
    return most;
  }

  public long used() {
    return used.get();
  }
}
