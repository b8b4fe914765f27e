/** <code>discovery.process</code>: the processes of this machine (Linux). */
@NullMarked
package dev.stoker.discovery.process;

import org.jspecify.annotations.NullMarked;
