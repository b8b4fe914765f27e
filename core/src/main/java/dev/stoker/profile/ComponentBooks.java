package dev.stoker.profile;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The accounts of one component on the way before the queues. The unit is the profile: each one
 * that comes ends in exactly one {@link Outcome}, and is counted there when it leaves, so that
 * <code>scraped</code> (or <code>received</code>) = the sum of the outcomes whenever nothing is
 * under way. A recording counts as the profiles made of it; a scrape that brought no body is not in
 * here but in the scrape's failures. The meters may be read from any thread.
 */
public final class ComponentBooks {
  private static final Logger log = LoggerFactory.getLogger(ComponentBooks.class);

  /** A bug in a hot path would fill the log. */
  private static final long TRACE_EVERY_NANOS = 60_000_000_000L;

  /** Where profiles of this component come from; also the name of the account. */
  public enum Entry {
    SCRAPED,
    RECEIVED;

    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** How a profile left. */
  public enum Outcome {
    /** At least one receiver took it. */
    OFFERED,
    /** A rule of the user dropped it. */
    RULED_OUT,
    /** There was nothing to send: an empty delta, or the first reading of a cumulative profile. */
    EMPTY,
    /** It is no valid profile, or no receiver took it. */
    REFUSED,
    /** An exception of ours. */
    FAILED;

    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final String component;
  private final Entry entry;
  private final MeterRegistry registry;
  private final List<Meter> meters = new ArrayList<>();
  private final Counter cameMeter;
  private final Map<Outcome, Counter> leftMeters = new EnumMap<>(Outcome.class);
  private final Map<Outcome, Long> left = new EnumMap<>(Outcome.class);
  private long came;
  private String lastBug = "";
  private long lastBugNanos;
  private long lastTraceNanos;

  public ComponentBooks(MeterRegistry registry, String component, Entry entry) {
    this.registry = registry;
    this.component = component;
    this.entry = entry;
    this.cameMeter = counter(entry.label());
    for (Outcome outcome : Outcome.values()) {
      left.put(outcome, 0L);
      leftMeters.put(outcome, counter(outcome.label()));
    }
  }

  private Counter counter(String outcome) {
    Counter counter =
        Counter.builder("stoker.component.profiles")
            .description("Profiles that came to a component, and how each of them left it")
            .tags("component", component, "outcome", outcome)
            .register(registry);
    meters.add(counter);
    return counter;
  }

  /** Profiles have come. */
  public void came(long profiles) {
    came += profiles;
    cameMeter.increment(profiles);
  }

  /** One profile has left. */
  public void left(Outcome outcome) {
    left.merge(outcome, 1L, Long::sum);
    Counter meter = leftMeters.get(outcome);
    if (meter != null) {
      meter.increment();
    }
  }

  /**
   * An exception or error of ours. It is logged, with its stack trace once a minute at most, and
   * makes the component unhealthy for a while. The profile that it cost, if any, is counted apart
   * by {@link Outcome#FAILED}.
   *
   * @param doing what failed, for people
   * @param nowNanos monotonic
   */
  public void bug(String doing, Throwable thrown, long nowNanos) {
    boolean first = lastBug.isEmpty() || nowNanos - lastTraceNanos >= TRACE_EVERY_NANOS;
    lastBug = "internal error while " + doing + ": " + thrown;
    lastBugNanos = nowNanos;
    if (first) {
      lastTraceNanos = nowNanos;
      log.atError()
          .addKeyValue("component", component)
          .setCause(thrown)
          .addKeyValue("while", doing)
          .log("internal error; please report it");
    }
  }

  /**
   * The last exception of ours within the last minutes.
   *
   * @param nowNanos monotonic
   * @return "" = none
   */
  public String recentBug(long nowNanos, long withinNanos) {
    return lastBug.isEmpty() || nowNanos - lastBugNanos > withinNanos ? "" : lastBug;
  }

  /** The accounts as they are now. */
  public Snapshot snapshot() {
    return new Snapshot(entry, came, Map.copyOf(left));
  }

  /** Takes the metrics away. Idempotent. */
  public void close() {
    meters.forEach(registry::remove);
    meters.clear();
  }

  /**
   * Accounts at one moment.
   *
   * @param came profiles that were scraped or received
   * @param left how many left by each outcome; every outcome is there
   */
  public record Snapshot(Entry entry, long came, Map<Outcome, Long> left) {
    /** Profiles that have come and not left yet. */
    public long underWay() {
      return came - left.values().stream().mapToLong(Long::longValue).sum();
    }
  }
}
