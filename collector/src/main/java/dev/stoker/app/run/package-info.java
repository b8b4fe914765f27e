/**
 * The running daemon: {@link dev.stoker.app.run.Collector} wires the component graph, the admin
 * server and the reloads, and starts and stops them in order. Signals, the storage folder and the
 * watching of the process itself are here too. The <code>run</code> command starts it; the
 * verticle's context is the control context.
 */
@NullMarked
package dev.stoker.app.run;

import org.jspecify.annotations.NullMarked;
