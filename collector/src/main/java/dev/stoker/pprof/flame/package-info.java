/**
 * Profiles for people: stacks by name, merged into trees of calls, and the difference of two trees.
 * Called by the store, the pages and the commands, on a thread that may take its time. Pure.
 */
@NullMarked
package dev.stoker.pprof.flame;

import org.jspecify.annotations.NullMarked;
