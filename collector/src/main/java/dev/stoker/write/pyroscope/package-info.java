/**
 * The component <code>pyroscope.write</code> and Pyroscope's push protocol: its config, the labels
 * that are sent, the sender, and what its answers mean. Another protocol is another room like this
 * one and a line in <code>ComponentKinds</code>. The control context owns it; work on bodies runs
 * on the CPU pool.
 */
@NullMarked
package dev.stoker.write.pyroscope;

import org.jspecify.annotations.NullMarked;
