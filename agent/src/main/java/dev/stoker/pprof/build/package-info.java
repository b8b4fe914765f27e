/**
 * Builds pprof bodies of named frames. Pure, the JDK alone, Java 11: the agent carries it into
 * other JVMs.
 */
@NullMarked
package dev.stoker.pprof.build;

import org.jspecify.annotations.NullMarked;
