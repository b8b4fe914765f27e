/**
 * The seam of components: what a kind of component is, how it is prepared and works, and the graph
 * that knows components by nothing else. All of it runs on the control context, which {@link
 * dev.stoker.component.ComponentGraph} checks where others come in.
 */
@NullMarked
package dev.stoker.component;

import org.jspecify.annotations.NullMarked;
