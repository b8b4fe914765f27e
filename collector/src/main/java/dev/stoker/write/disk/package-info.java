/**
 * A queue's files: for each endpoint an append-only log of profiles, with what of it is settled.
 * The format is described at {@link dev.stoker.write.disk.RecordFormat}, the rules of recovery at
 * {@link dev.stoker.write.disk.SegmentScan}. All of it is plain file I/O that blocks, on one thread
 * of files; only {@link dev.stoker.write.disk.DiskQueues} is called on the control context. It sees
 * labels, and no endpoint.
 */
@NullMarked
package dev.stoker.write.disk;

import org.jspecify.annotations.NullMarked;
