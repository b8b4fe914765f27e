/**
 * The two bridges between pure code and Vert.x: {@link dev.stoker.concurrent.Timers} (time that
 * tests can move by hand) and {@link dev.stoker.concurrent.CpuPool} (CPU work off the event loop).
 */
@NullMarked
package dev.stoker.concurrent;

import org.jspecify.annotations.NullMarked;
