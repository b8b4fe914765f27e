/** The component <code>pyroscope.write</code> and Pyroscope's push protocol. */
@NullMarked
package dev.stoker.write.pyroscope;

import org.jspecify.annotations.NullMarked;
