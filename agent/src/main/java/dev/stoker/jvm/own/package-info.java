/**
 * What the JVM it runs in has done, from its own Flight Recorder, as the profiles of a Go service:
 * the one implementation behind Stoker's own <code>/debug/pprof/*</code> and the agent's. Knows
 * nothing of HTTP servers; its callers ask on a thread that may block. The JDK and jfr-converter's
 * reader, Java 11: the agent carries it into other JVMs.
 */
@NullMarked
package dev.stoker.jvm.own;

import org.jspecify.annotations.NullMarked;
