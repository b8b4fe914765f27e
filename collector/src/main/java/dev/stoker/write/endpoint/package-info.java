/**
 * Delivers the queue of one endpoint, whatever protocol its sender speaks: the only retry loop in
 * Stoker, and the accounting of every profile. The room of components makes endpoints and gives
 * them profiles; a sender of a protocol's room makes one try at a time. The control context owns
 * it.
 */
@NullMarked
package dev.stoker.write.endpoint;

import org.jspecify.annotations.NullMarked;
