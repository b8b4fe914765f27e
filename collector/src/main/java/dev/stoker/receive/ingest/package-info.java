/**
 * The bodies of <code>POST /ingest</code>, Pyroscope's older way to push: names, times, and a
 * converter for each format that is no pprof. Pure; called on CPU threads.
 */
@NullMarked
package dev.stoker.receive.ingest;

import org.jspecify.annotations.NullMarked;
