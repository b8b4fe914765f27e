/**
 * Changes to a profile on its way: labels of samples, and which sample types stay. Called on a CPU
 * thread by {@code pyroscope.relabel}, by the push that a server has refused, and by scrapes that
 * keep a part of the sample types. Pure.
 */
@NullMarked
package dev.stoker.pprof.edit;

import org.jspecify.annotations.NullMarked;
