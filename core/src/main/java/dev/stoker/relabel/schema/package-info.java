/** Relabel rules as a config writes them. */
@NullMarked
package dev.stoker.relabel.schema;

import org.jspecify.annotations.NullMarked;
