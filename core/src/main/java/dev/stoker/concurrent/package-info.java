/**
 * The bridges between pure code and Vert.x: {@link dev.stoker.concurrent.ControlContext} (the
 * thread that owns all state), {@link dev.stoker.concurrent.Timers} (time that tests can move by
 * hand), {@link dev.stoker.concurrent.CpuPool} (CPU work off the event loop) and {@link
 * dev.stoker.concurrent.FileThread} (blocking file I/O off the event loop).
 */
@NullMarked
package dev.stoker.concurrent;

import org.jspecify.annotations.NullMarked;
