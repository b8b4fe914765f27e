package dev.stoker.scrape;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A loop as the API shows it. */
public record TargetView(
    String component, Target target, TargetStatus status, @Nullable Instant nextScrape) {}
