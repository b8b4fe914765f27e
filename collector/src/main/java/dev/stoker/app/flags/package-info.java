/**
 * Alloy's flags of <code>run</code>: what becomes of each. Called once, on the main thread, before
 * the command line is read.
 */
@org.jspecify.annotations.NullMarked
package dev.stoker.app.flags;
