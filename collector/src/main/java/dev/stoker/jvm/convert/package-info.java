/**
 * Recordings of JDK Flight Recorder or async-profiler become pprof profiles: samples, allocations
 * and waits are counted by stack, with the periods that the recording itself names. Called by the
 * transforms of scrapes on a CPU thread; pure.
 */
@NullMarked
package dev.stoker.jvm.convert;

import org.jspecify.annotations.NullMarked;
