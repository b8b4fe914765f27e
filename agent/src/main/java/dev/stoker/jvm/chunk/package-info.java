/**
 * Chunks of a JDK Flight Recorder recording as bytes: how a recording is cut into them, and the
 * stacks that events of later chunks may refer to. What is inside a chunk is read by {@code
 * jvm.recording} (recordings of strangers) and by {@code jvm.own} (the recording of the JVM it runs
 * in). Java 11.
 */
@NullMarked
package dev.stoker.jvm.chunk;

import org.jspecify.annotations.NullMarked;
