/**
 * The modules that a config imports: which files and texts they are, and the names of what they
 * declare. How a module is read is said by others, because nothing here reads files.
 */
@NullMarked
package dev.stoker.alloy.imports;

import org.jspecify.annotations.NullMarked;
