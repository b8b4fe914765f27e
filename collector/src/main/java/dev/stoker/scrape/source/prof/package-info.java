/**
 * async-profiler behind HTTP, as Hadoop, HBase and Hive have it: a request starts it, what it wrote
 * is fetched later.
 */
@NullMarked
package dev.stoker.scrape.source.prof;

import org.jspecify.annotations.NullMarked;
