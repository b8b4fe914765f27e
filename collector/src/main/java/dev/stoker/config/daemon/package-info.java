/**
 * The settings of the daemon itself (<code>stoker.http</code>, <code>stoker.storage</code> and the
 * others), and their readers. The loader and the <code>run</code> command call it.
 */
@NullMarked
package dev.stoker.config.daemon;

import org.jspecify.annotations.NullMarked;
