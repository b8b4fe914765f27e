/**
 * Reads chunks of any Flight Recorder recording (JDK 11 and newer, async-profiler) by the metadata
 * in them. Trusts no length, count or reference: work and memory are bounded by the chunk's size.
 * Called by {@code jvm.convert} on a CPU thread; pure, and sees nothing of ours.
 */
@NullMarked
package dev.stoker.jvm.recording;

import org.jspecify.annotations.NullMarked;
