/** The kinds of component that there are. */
@NullMarked
package dev.stoker.components;

import org.jspecify.annotations.NullMarked;
