/**
 * Custom components of Alloy: what their names mean in a config and in the modules that it imports,
 * and what each use of one stands for. Syntax in, syntax out: it reads no file and knows no
 * component but by name. The translation calls it.
 */
@NullMarked
package dev.stoker.alloy.custom;

import org.jspecify.annotations.NullMarked;
