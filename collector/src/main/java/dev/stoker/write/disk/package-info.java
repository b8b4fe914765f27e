/**
 * A queue's files: an append-only log of profiles per endpoint, with what of it is settled. Plain
 * file I/O, blocking, one thread; the format is described at {@link
 * dev.stoker.write.disk.RecordFormat}, the rules of recovery at {@link
 * dev.stoker.write.disk.SegmentScan}. Sees labels only, never the event loop.
 */
@NullMarked
package dev.stoker.write.disk;

import org.jspecify.annotations.NullMarked;
