/**
 * Cumulative profiles become deltas: subtraction against a baseline, the baseline as it is kept in
 * memory and on disk, and the memory that all baselines share. A computer has one user at a time;
 * the budget is thread-safe.
 */
@NullMarked
package dev.stoker.pprof.delta;

import org.jspecify.annotations.NullMarked;
