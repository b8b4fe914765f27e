/**
 * Delivery, in rooms of which each sees only those before it: <code>disk</code> (the files of a
 * queue), <code>queue</code> (what waits for one endpoint, in memory and on disk), <code>endpoint
 * </code> (the only retry loop, and its accounting), and one room for each protocol, such as <code>
 * pyroscope</code>, with its component. The control context owns all queues. Delivery sees
 * profiles, labels and HTTP settings, never scrape or store.
 */
@NullMarked
package dev.stoker.write;

import org.jspecify.annotations.NullMarked;
