package dev.stoker.otlp.encode;

import dev.stoker.labels.Labels;

/**
 * What a request says beside the body.
 *
 * @param labels those that are sent
 * @param timeNanos Unix nanoseconds, for a body without a time
 */
public record Series(Labels labels, long timeNanos) {}
