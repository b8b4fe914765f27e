/**
 * Plans the memory of the process: the shares of the heap for bodies, baselines and queues, the
 * heap that a config asks for, and the number of CPU threads. The launcher asks before the JVM
 * starts, and the daemon asks at its start and at each reload. Pure functions of sizes.
 */
@NullMarked
package dev.stoker.app.memory;

import org.jspecify.annotations.NullMarked;
