/**
 * Source <code>jolokia</code>: the JVM's FlightRecorder MBean over Jolokia. One recording of ours
 * runs in each target; a scrape clones it, which ends its chunk, and reads what is new.
 */
@NullMarked
package dev.stoker.scrape.source.jolokia;

import org.jspecify.annotations.NullMarked;
