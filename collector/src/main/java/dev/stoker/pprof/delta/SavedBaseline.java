package dev.stoker.pprof.delta;

/**
 * A baseline that no loop uses at the moment.
 *
 * @param series whose it is
 * @param process what the target's process was called when the baseline moved last, such as a
 *     container id; "" = unknown
 */
public record SavedBaseline(String series, String process, DeltaBaseline baseline) {}
