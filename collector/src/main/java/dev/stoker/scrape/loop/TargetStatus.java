package dev.stoker.scrape.loop;

import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The state of a target as its loop knows it. Immutable: each scrape makes a new one.
 *
 * @param lastBytes of the last fetched body, over the wire
 * @param lastError null after a success
 * @param scrapes started; failures among them ended neither OK nor BUSY
 * @param skipped ticks missed because the previous scrape still ran
 */
public record TargetStatus(
    Health health,
    @Nullable Instant lastScrape,
    long lastDurationMillis,
    long lastBytes,
    @Nullable String lastError,
    Counts counts) {

  public static final TargetStatus UNKNOWN =
      new TargetStatus(Health.UNKNOWN, null, 0, 0, null, new Counts(0, 0, 0));

  /** Counts since the loop's start. */
  public record Counts(long scrapes, long failures, long skipped) {
    Counts skip(long ticks) {
      return new Counts(scrapes, failures, skipped + ticks);
    }

    Counts scraped(boolean failed) {
      return new Counts(scrapes + 1, failures + (failed ? 1 : 0), skipped);
    }
  }

  TargetStatus skipped(long ticks) {
    return new TargetStatus(
        health, lastScrape, lastDurationMillis, lastBytes, lastError, counts.skip(ticks));
  }

  /**
   * @param answer the words of the server that takes none of its profiles
   */
  TargetStatus refused(String answer) {
    return new TargetStatus(
        Health.REFUSED, lastScrape, lastDurationMillis, lastBytes, answer, counts);
  }

  /** Health of a target, with the names that the API uses. */
  public enum Health {
    UNKNOWN,
    UP,
    DOWN,
    BUSY,
    /** The target answers, but a server takes none of its profiles. */
    REFUSED;

    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
