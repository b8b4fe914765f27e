/**
 * Arguments of a config: values with their place, converters, and problems. A kind of component
 * declares its arguments by reading them.
 */
@NullMarked
package dev.stoker.schema;

import org.jspecify.annotations.NullMarked;
