/**
 * One endpoint's queue: a bounded part in memory, what is spilled to the disk, and the order in
 * which profiles leave it. Here is no protocol and no endpoint; the room of endpoints calls it. The
 * control context owns it, but for {@link dev.stoker.write.queue.SpoolFiles}, which runs on the
 * thread of files.
 */
@NullMarked
package dev.stoker.write.queue;

import org.jspecify.annotations.NullMarked;
