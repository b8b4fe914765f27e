package dev.stoker.scrape.source.threaddump;

import dev.stoker.scrape.fetch.ScrapeResult;
import org.jspecify.annotations.Nullable;

/**
 * A target is not asked for a while, because its last answer took long.
 *
 * @param untilNanos monotonic time
 * @param tookMillis that answer
 * @param failed what it was when it was no dump
 */
record CoolDown(long untilNanos, long tookMillis, ScrapeResult.@Nullable Failed failed) {}
