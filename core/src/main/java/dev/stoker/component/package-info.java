/**
 * The seam of components: what a kind of component is, how it is prepared and works, and the graph
 * that knows components by nothing else.
 */
@NullMarked
package dev.stoker.component;

import org.jspecify.annotations.NullMarked;
