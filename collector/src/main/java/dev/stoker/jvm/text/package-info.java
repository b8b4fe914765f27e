/**
 * What JVMs answer as text becomes pprof profiles: collapsed stacks, and thread dumps as JSON.
 * Called by the transforms of scrapes and by the source for thread dumps, on a CPU thread; pure.
 */
@NullMarked
package dev.stoker.jvm.text;

import org.jspecify.annotations.NullMarked;
