package dev.stoker.scrape.transform;

import org.jspecify.annotations.Nullable;

/**
 * One of the profiles that a fetched body held.
 *
 * @param name its <code>__name__</code>; null = the target's
 * @param body pprof; not changed any more
 */
public record NamedBody(@Nullable String name, byte[] body) {}
