/**
 * Is a body a profile, and would a server take it? Names what came instead, and corrects what can
 * be corrected without guessing. Called on a CPU thread, except for the quick look at first bytes,
 * which the control context takes itself.
 */
@NullMarked
package dev.stoker.pprof.check;

import org.jspecify.annotations.NullMarked;
