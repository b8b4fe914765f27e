package dev.stoker.scrape;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A loop as the API shows it.
 *
 * @param detail what runs in the target for it; "" = nothing
 */
public record TargetView(
    String component,
    Target target,
    TargetStatus status,
    @Nullable Instant nextScrape,
    String detail) {

  /** Without a scraper. */
  public TargetView(
      String component, Target target, TargetStatus status, @Nullable Instant nextScrape) {
    this(component, target, status, nextScrape, "");
  }
}
