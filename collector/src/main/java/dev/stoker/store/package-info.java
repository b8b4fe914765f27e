/**
 * The embedded store: the last hours of profiles on this machine, merged into flame graphs on
 * request. Sees profiles, labels and pprof; never scrape or write.
 */
@NullMarked
package dev.stoker.store;

import org.jspecify.annotations.NullMarked;
