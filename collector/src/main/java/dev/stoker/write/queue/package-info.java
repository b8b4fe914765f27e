/**
 * One endpoint's queue: a bounded part in memory, what is spilled to the disk, and the order in
 * which profiles leave it. It knows no protocol and no endpoint. The control context owns it.
 */
@NullMarked
package dev.stoker.write.queue;

import org.jspecify.annotations.NullMarked;
