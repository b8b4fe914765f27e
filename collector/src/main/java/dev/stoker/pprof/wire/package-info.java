/**
 * pprof as protobuf bytes: an index of offsets instead of objects, the reader and the writer that
 * work on it, and the arrays that they use again. Who changes or counts a profile builds on this.
 * Pure; each workspace has one thread at a time.
 */
@NullMarked
package dev.stoker.pprof.wire;

import org.jspecify.annotations.NullMarked;
