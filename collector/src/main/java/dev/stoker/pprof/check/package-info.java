/**
 * Is a body a profile, and would a server take it? Names what came instead, and mends what can be
 * mended without guessing. Called on a CPU thread, but for the quick look at first bytes, which the
 * control context takes itself.
 */
@NullMarked
package dev.stoker.pprof.check;

import org.jspecify.annotations.NullMarked;
