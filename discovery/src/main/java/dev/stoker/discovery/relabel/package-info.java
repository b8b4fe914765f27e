/** <code>discovery.relabel</code>. */
@NullMarked
package dev.stoker.discovery.relabel;

import org.jspecify.annotations.NullMarked;
