/**
 * What JVMs have to offer becomes pprof: Flight Recorder recordings, collapsed stacks, thread
 * dumps. Names, sample types and units are those that Pyroscope's pages know. Pure.
 */
@NullMarked
package dev.stoker.jvm;

import org.jspecify.annotations.NullMarked;
