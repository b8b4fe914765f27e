/**
 * Delivery, in rooms of which each sees only those before it: <code>disk</code> (the files of
 * queues), <code>queue</code> (what waits for one endpoint, in memory and on disk), <code>endpoint
 * </code> (the only retry loop, and its accounting), <code>component</code> (what all components
 * that deliver have in common), and one room for each protocol, such as <code>pyroscope</code>.
 * Profiles come in on the control context, which owns all state but what the thread of files has.
 * Delivery sees profiles, labels and HTTP settings, and never scrapes or stores.
 */
@NullMarked
package dev.stoker.write;

import org.jspecify.annotations.NullMarked;
