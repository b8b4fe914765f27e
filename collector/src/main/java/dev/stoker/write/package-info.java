/**
 * Delivery: one queue per endpoint, the only retry loop, Pyroscope's push protocol. The control
 * context owns all queues. Sees profiles, labels and HTTP settings, never scrape or store.
 */
@NullMarked
package dev.stoker.write;

import org.jspecify.annotations.NullMarked;
