/**
 * Baselines of delta loops that do not run: kept from one loop of a series to the next one, and
 * over a clean stop in files. The transforms take and leave them on the control context; one thread
 * of its own reads and writes the files.
 */
@NullMarked
package dev.stoker.scrape.baseline;

import org.jspecify.annotations.NullMarked;
