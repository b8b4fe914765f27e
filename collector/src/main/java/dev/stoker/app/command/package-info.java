/**
 * The commands of <code>stoker</code>, one class each, and what they share: the argument that names
 * a config, help, and work on an event loop that a command waits for. They run on the main thread.
 */
@NullMarked
package dev.stoker.app.command;

import org.jspecify.annotations.NullMarked;
